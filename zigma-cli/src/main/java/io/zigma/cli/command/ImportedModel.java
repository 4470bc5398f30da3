package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.Backbones;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.ForeignModelOptions;
import io.zigma.cli.option.ObjectiveOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.codec.PixelCodec;
import io.zigma.convert.ForeignCheckpoint;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.io.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.cli.Option;

/**
 * What is known of an imported model before its weights are read: from its file, from the shapes of
 * its tensors or from the options, in this order.
 *
 * @param model its backbone
 * @param process what it was trained with
 * @param labels names of its classes
 * @param sampling how it is sampled where nothing else is asked for
 * @param own the description in the file, where it is a checkpoint of this program
 * @param assumesProcess whether nothing says what it was trained for
 */
record ImportedModel(
        BackboneSpec model,
        DiffusionProcess process,
        List<String> labels,
        CheckpointConfig.SamplingDefaults sampling,
        Optional<CheckpointConfig> own,
        boolean assumesProcess) {

    /**
     * Finds out what is known.
     *
     * @param checkpoint the opened file
     * @param file its path, for refusals
     * @param labels names of the classes; none if they were not given
     * @param textEncoder the text encoder that was named, if one was
     * @param arguments the command's
     * @throws UsageException if the options contradict the file, or make no model
     * @throws IOException if the file cannot be read, or holds a model of an unknown kind
     */
    static ImportedModel of(
            ForeignCheckpoint checkpoint,
            Path file,
            List<String> labels,
            Optional<ImportedTextEncoder> textEncoder,
            Arguments arguments)
            throws IOException {
        ForeignModelOptions options = new ForeignModelOptions(arguments);
        if (checkpoint.described().isPresent()
                && !options.describeShape()
                && !options.describeObjective()) {
            CheckpointConfig own = checkpoint.described().get();
            return new ImportedModel(
                    own.model(),
                    own.process(),
                    labels.isEmpty() ? own.labels() : labels,
                    own.sampling(),
                    Optional.of(own),
                    false);
        }
        Optional<? extends BackboneSpec> described = checkpoint.model();
        Optional<InterpolantKind> interpolant = checkpoint.interpolant();
        Optional<Prediction> prediction = checkpoint.prediction();
        if (described.isPresent()) {
            refuse(ForeignModelOptions.SHAPE, file, arguments);
        }
        if (interpolant.isPresent()) {
            refuse(
                    List.of(ObjectiveOptions.PROCESS, ObjectiveOptions.INTERPOLANT),
                    file,
                    arguments);
        }
        if (prediction.isPresent()) {
            refuse(List.of(ObjectiveOptions.PREDICTION), file, arguments);
        }
        ObjectiveOptions objective = new ObjectiveOptions(arguments);
        DiffusionProcess process =
                process(
                        objective,
                        new InterpolantProcess(
                                interpolant.orElseGet(objective::interpolant),
                                prediction.orElseGet(objective::prediction)));
        Optional<BackboneSpec> inferred =
                described.isPresent()
                        ? Optional.empty()
                        : inferred(file, checkpoint.shapes(), process, options);
        BackboneSpec model =
                described.isPresent()
                        ? described.get()
                        : inferred.orElseGet(
                                () -> options.model(labels, size(textEncoder), process));
        boolean objectiveGiven =
                interpolant.isPresent() || prediction.isPresent() || options.describeObjective();
        return new ImportedModel(
                model,
                objectiveGiven
                        ? process
                        : inferred.flatMap(BackboneSpec::trainedWith)
                                .map(AssumedProcess::of)
                                .orElse(process),
                labels.isEmpty() ? AssumedClasses.of(model.conditioning().classes()) : labels,
                CheckpointConfig.SamplingDefaults.PLAIN,
                Optional.empty(),
                interpolant.isEmpty() && !options.describeObjective());
    }

    /**
     * Describes the checkpoint that is made of it, but for a text encoder or codec that was named.
     *
     * @param checkpoint the opened file
     * @param file its path
     * @param kind what its weights are called; empty where there is but one set
     * @throws IOException if the file cannot be read
     */
    CheckpointConfig config(ForeignCheckpoint checkpoint, Path file, String kind)
            throws IOException {
        return new CheckpointConfig(
                model,
                process,
                labels,
                own.isPresent() ? own.get().codec() : PixelCodec.referenceFor(model.sample()),
                own.flatMap(CheckpointConfig::textEncoder),
                sampling,
                own.isPresent() ? own.get().training() : training(checkpoint, file, kind),
                own.isPresent() ? own.get().data() : data(checkpoint));
    }

    /** Two descriptions of one model would leave it open which is right. */
    private static void refuse(List<Option> options, Path file, Arguments arguments) {
        options.stream()
                .filter(arguments::has)
                .findFirst()
                .ifPresent(
                        option -> {
                            throw new UsageException(
                                    "%s contains the description of its model; leave out %s"
                                            .formatted(file, Arguments.spelling(option)));
                        });
    }

    private static DiffusionProcess process(ObjectiveOptions objective, DiffusionProcess fallback) {
        try {
            return objective.process(fallback);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * The first architecture that knows all of the weights, where no option describes the model.
     */
    private static Optional<BackboneSpec> inferred(
            Path file,
            List<Map<String, long[]>> shapes,
            DiffusionProcess process,
            ForeignModelOptions options)
            throws CheckpointException {
        if (options.describeShape()) {
            return Optional.empty();
        }
        Optional<String> unsupported =
                shapes.stream()
                        .flatMap(
                                tensors ->
                                        Backbones.REGISTRY.all().stream()
                                                .flatMap(
                                                        kind -> kind.unsupported(tensors).stream()))
                        .findFirst();
        if (unsupported.isPresent()) {
            throw new CheckpointException("%s is %s".formatted(file, unsupported.get()));
        }
        return shapes.stream()
                .flatMap(
                        tensors ->
                                Backbones.REGISTRY.all().stream()
                                        .<BackboneSpec>flatMap(
                                                kind ->
                                                        kind
                                                                .infer(
                                                                        tensors,
                                                                        process::outputChannels)
                                                                .stream()))
                .findFirst();
    }

    private static OptionalInt size(Optional<ImportedTextEncoder> textEncoder) {
        return textEncoder.isPresent()
                ? OptionalInt.of(textEncoder.get().size())
                : OptionalInt.empty();
    }

    private static JsonObject training(ForeignCheckpoint checkpoint, Path file, String kind)
            throws IOException {
        JsonObject training = new JsonObject();
        training.addProperty("imported_from", String.valueOf(file.getFileName()));
        if (!kind.isEmpty()) {
            training.addProperty("weights", kind);
        }
        checkpoint.modelName().ifPresent(name -> training.addProperty("official_model", name));
        checkpoint.trainSteps().ifPresent(steps -> training.addProperty("steps", steps));
        return training;
    }

    private static JsonObject data(ForeignCheckpoint checkpoint) throws IOException {
        JsonObject data = new JsonObject();
        checkpoint.dataName().ifPresent(name -> data.addProperty("name", name));
        return data;
    }
}
