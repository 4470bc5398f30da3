package io.zigma.zoo;

import ai.djl.Application;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.ModelZoo;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/**
 * The models that are shipped with this library, each under its name as artifact id. They can be
 * filtered by {@code dataset}, {@code size} (as 28x28), {@code channels} and {@code classes}.
 */
public final class ShippedModelZoo extends ModelZoo {

    /** The group that all shipped models are in. */
    public static final String GROUP_ID = "io.zigma";

    /** Lists the models; no weights are touched before one is loaded. */
    @SuppressWarnings("this-escape") // DJL's zoos are filled by their constructors
    public ShippedModelZoo() {
        Map<String, CheckpointSource> models = ShippedModels.byName();
        CheckpointRepository repository =
                new CheckpointRepository(GROUP_ID, URI.create("jar:///io/zigma/models"), models);
        for (String model : models.keySet()) {
            addModel(
                    MRL.model(
                            repository,
                            Application.CV.IMAGE_GENERATION,
                            GROUP_ID,
                            model,
                            null,
                            null));
        }
    }

    @Override
    public String getGroupId() {
        return GROUP_ID;
    }

    @Override
    public Set<String> getSupportedEngines() {
        return Set.of("PyTorch");
    }
}
