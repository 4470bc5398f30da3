package io.zigma.backbone;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * One architecture in the registry of backbones: its name, its published sizes, and how its
 * specification is read from files and options.
 *
 * @param <S> its specification
 */
public interface BackboneKind<S extends BackboneSpec> {

    /**
     * Returns the name in {@code config.json} and on the command line.
     *
     * @return in lower case
     */
    String name();

    /**
     * Returns the type of its specifications.
     *
     * @return S
     */
    Class<S> specType();

    /**
     * Describes the architecture in a line, with its source.
     *
     * @return for {@code --help}
     */
    String description();

    /**
     * Reads a specification.
     *
     * @param json the fields that {@link BackboneSpec#json} wrote
     * @param signature inputs and outputs of the backbone
     * @return the specification
     * @throws CheckpointException if a field is missing, unknown or wrong
     * @throws IllegalArgumentException if values do not fit together
     */
    S read(Fields json, Signature signature) throws CheckpointException;

    /**
     * Returns the published models.
     *
     * @return by name, in order of size
     */
    Map<String, S> presets();

    /**
     * Returns small models with equally many parameters that differ in one part, to compare what it
     * is worth.
     *
     * @return by name, which are presets too; empty where there is nothing to compare
     */
    default Map<String, S> comparison() {
        return Map.of();
    }

    /**
     * Returns a model that a small machine can train.
     *
     * @return the start of every new model that names no preset
     */
    S small();

    /**
     * Returns all that users choose, with the values of {@link #small} as the standard ones.
     *
     * @return in the order of help, {@link BackboneSpec#settings} has a value for each
     */
    List<Setting> settings();

    /**
     * Changes a model.
     *
     * @param base everything that is no setting
     * @param signature inputs and outputs of the changed one
     * @param values of {@link #settings}
     * @return the changed model
     * @throws IllegalArgumentException if the values do not fit together; the message says what to
     *     change
     */
    S change(S base, Signature signature, Settings values);

    /**
     * Changes parts of a model.
     *
     * @param base a model of this kind, whose values hold where none is given
     * @param signature inputs and outputs of the changed one
     * @param given values by the names of their settings
     * @return the changed model
     * @throws IllegalArgumentException if a name is unknown, a value is not allowed, or the values
     *     do not fit together; the message says what to change
     */
    default S change(BackboneSpec base, Signature signature, Map<String, String> given) {
        Map<String, String> values = new LinkedHashMap<>(base.settings());
        values.putAll(given);
        return change(
                specType().cast(base),
                signature,
                Settings.of("backbone " + name(), settings(), values));
    }

    /**
     * Infers the specification from the names and shapes of the weights, where they suffice.
     *
     * @param tensors shape by official name
     * @param outputChannels how many channels the model's process reads, by those of a sample
     * @return the specification, if all of the tensors are this architecture's
     */
    default Optional<S> infer(Map<String, long[]> tensors, IntUnaryOperator outputChannels) {
        return Optional.empty();
    }

    /**
     * Recognises a published model that this architecture has but this program does not support.
     *
     * @param tensors shape by official name
     * @return what it is and what to take instead, in words; empty for everything else
     */
    default Optional<String> unsupported(Map<String, long[]> tensors) {
        return Optional.empty();
    }

    /**
     * Infers the specification from the arguments that its official training program was started
     * with.
     *
     * @param arguments of a checkpoint
     * @return the specification, if the arguments are those of this architecture's program
     * @throws IOException if they are, but of a variant that is not there, or make no sense
     */
    default Optional<S> infer(OfficialArguments arguments) throws IOException {
        return Optional.empty();
    }

    /**
     * Makes a new model.
     *
     * @param preset name of a published model, or none for the small one
     * @param signature inputs and outputs of the model
     * @param given values by the names of their settings
     * @return the model
     * @throws IllegalArgumentException if there is no such preset or a value is invalid
     */
    default S create(Optional<String> preset, Signature signature, Map<String, String> given) {
        BackboneSpec base = preset.map(this::preset).orElseGet(this::small);
        return change(base, signature, given);
    }

    /**
     * Finds a published model.
     *
     * @param wanted its name, in any case
     * @return the model
     * @throws IllegalArgumentException if there is none of that name
     */
    default S preset(String wanted) {
        return presets().entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(wanted))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "there is no model '%s' of %s; choose from %s"
                                                .formatted(
                                                        wanted,
                                                        name(),
                                                        String.join(", ", presets().keySet()))));
    }
}
