package io.zigma.server.job;

import io.zigma.base.Registry;
import io.zigma.condition.InvalidRequestException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The models that a server offers, in the order they were named; the first is the default. */
public final class Models {

    private final Registry<ServedModel> byName = new Registry<>("model", ServedModel::name);
    private final List<ServedModel> inOrder;

    /**
     * Takes models.
     *
     * @param models at least one, of different names
     * @throws IllegalArgumentException if there is none, or two have the same name
     */
    public Models(List<ServedModel> models) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("a server needs at least one model");
        }
        inOrder = List.copyOf(models);
        long different = models.stream().map(ServedModel::name).distinct().count();
        if (different < models.size()) {
            throw new IllegalArgumentException(
                    "two models have the same name (%s); rename the folder of one"
                            .formatted(
                                    String.join(
                                            ", ",
                                            models.stream().map(ServedModel::name).toList())));
        }
        models.forEach(byName::register);
    }

    /**
     * Returns all models.
     *
     * @return in the order they were named
     */
    public List<ServedModel> all() {
        return inOrder;
    }

    /**
     * Finds a model.
     *
     * @param name its name; null for the first
     * @return the model
     * @throws InvalidRequestException if there is none of that name; the message lists all
     */
    public ServedModel get(@Nullable String name) {
        if (name == null) {
            return inOrder.get(0);
        }
        try {
            return byName.get(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
    }
}
