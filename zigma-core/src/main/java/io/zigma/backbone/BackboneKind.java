package io.zigma.backbone;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.io.IOException;
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
     * Returns a model that a small machine can train.
     *
     * @return the start of every new model that names no preset
     */
    S small();

    /**
     * Lists the options of a new model.
     *
     * @return options that {@link #change} takes
     */
    List<BackboneOption> options();

    /**
     * Changes parts of a model.
     *
     * @param base the model to change
     * @param signature inputs and outputs of the changed model
     * @param options values by the name of their option, all of {@link #options}
     * @return the changed model
     * @throws IllegalArgumentException if a value is invalid, or they do not fit together; the
     *     message says what to change
     */
    S change(S base, Signature signature, Map<String, String> options);

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
     * @param options values by the name of their option
     * @return the model
     * @throws IllegalArgumentException if there is no such preset or a value is invalid
     */
    default S create(Optional<String> preset, Signature signature, Map<String, String> options) {
        return change(preset.map(this::preset).orElseGet(this::small), signature, options);
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
