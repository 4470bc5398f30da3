package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Amount;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.convert.ForeignCheckpoint;
import io.zigma.convert.ModelWeights;
import io.zigma.convert.SafetensorsWeights;
import io.zigma.convert.TorchWeights;
import io.zigma.io.SafetensorsHeader;
import io.zigma.pipeline.ReferenceOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/**
 * {@code zigma import} of a model: a checkpoint folder.
 *
 * @param file the file with the model
 * @param folder where to
 * @param which of the file's weights; the average where it has one and nothing was asked for
 * @param labels names of the classes; none if they were not given
 * @param textEncoder the text encoder that was named, if one was
 * @param codec the codec that was named, if one was
 */
record ModelImport(
        Path file,
        Path folder,
        Optional<TorchWeights> which,
        List<String> labels,
        Optional<ImportedTextEncoder> textEncoder,
        Optional<ImportedCodec> codec) {

    static final Option WEIGHTS =
            Flags.value(
                    "w",
                    "weights",
                    "NAME",
                    "ema, the exponential moving average (default where there is one), or raw, the"
                            + " last step's");
    static final Option LABELS =
            DataOptions.labels(
                    "names of the classes in their order; default: ImageNet's where there are 1000, else"
                            + " their numbers");

    /** How many names of what was left out are listed. */
    private static final int NAMED = 8;

    /**
     * Reads the options of models.
     *
     * @param file the file, not yet opened
     * @param folder where to
     * @param arguments the command's
     * @throws UsageException if a value cannot be meant
     * @throws IOException if labels, text encoder or codec cannot be read
     */
    static ModelImport of(Path file, Path folder, Arguments arguments) throws IOException {
        return new ModelImport(
                file,
                folder,
                which(arguments),
                new DataOptions(arguments).labels(),
                ImportedTextEncoder.of(arguments),
                ImportedCodec.of(arguments));
    }

    /**
     * Makes the folder, with outputs that the model is verified by.
     *
     * @param checkpoint the opened file
     * @param arguments the command's
     * @param console where it is said what was found, and what was assumed
     * @throws UsageException if the options contradict the file, or make no model
     * @throws IOException if the file cannot be read, or the folder not be written
     */
    void run(ForeignCheckpoint checkpoint, Arguments arguments, Console console)
            throws IOException {
        ImportedModel model = ImportedModel.of(checkpoint, file, labels, textEncoder, arguments);
        ModelWeights weights = checkpoint.weights(which, model.model());
        if (checkpoint instanceof SafetensorsWeights
                && which.isPresent()
                && weights.place().isEmpty()) {
            throw new UsageException(
                    "%s holds one set of weights; leave out %s"
                            .formatted(file, Arguments.spelling(WEIGHTS)));
        }
        String kind = kind(checkpoint, weights);
        CheckpointConfig config = named(model.config(checkpoint, file, kind));
        ReferenceOutputs.record(checkpoint.convert(which, config, folder), Device.cpu());
        sayWhatItIs(model.model(), weights, kind, console);
        sayWhatIsLeftOut(checkpoint, console);
        sayWhatIsAssumed(model, console);
        console.out().println(folder);
    }

    /** Names text encoder and codec in a description. */
    private CheckpointConfig named(CheckpointConfig plain) {
        CheckpointConfig encoding =
                textEncoder.map(encoder -> encoder.namedIn(plain, file)).orElse(plain);
        return codec.map(decoder -> decoder.namedIn(encoding, file)).orElse(encoding);
    }

    private void sayWhatItIs(
            BackboneSpec model, ModelWeights weights, String kind, Console console) {
        console.say(
                "%s: %s, %s on %s of %s × %s × %s, %s weights%s"
                        .formatted(
                                file,
                                model.kind().name(),
                                model.facts().getOrDefault("layers", "a backbone"),
                                model.sample().isVideo()
                                        ? "videos of " + Amount.of(model.sample().frames(), "frame")
                                        : "images",
                                model.sample().channels(),
                                model.sample().height(),
                                model.sample().width(),
                                kind.isEmpty() ? "its" : kind,
                                weights.place().isEmpty()
                                        ? ""
                                        : " (%s)".formatted(weights.place())));
    }

    private void sayWhatIsLeftOut(ForeignCheckpoint checkpoint, Console console) {
        if (!checkpoint.passedOver().isEmpty()) {
            console.say(
                    "%s: left out what its program saved beside the weights, nothing of it was run: %s%s"
                            .formatted(
                                    file,
                                    checkpoint.passedOver().stream()
                                            .limit(NAMED)
                                            .map(SafetensorsHeader::shown)
                                            .collect(Collectors.joining(", ")),
                                    checkpoint.passedOver().size() > NAMED ? ", …" : ""));
        }
    }

    private void sayWhatIsAssumed(ImportedModel model, Console console) {
        if (model.own().isEmpty()) {
            AssumedClasses.say(file, labels, model.model().conditioning().classes(), console);
        }
        if (model.assumesProcess()) {
            console.say(
                    "%s does not contain what it was trained for; assumed: %s (--process, --interpolant, --prediction)%s"
                            .formatted(
                                    file,
                                    model.process().description(),
                                    model.model()
                                            .alternative()
                                            .map(text -> "; " + text)
                                            .orElse("")));
        }
    }

    private static Optional<TorchWeights> which(Arguments arguments) {
        if (!arguments.has(WEIGHTS)) {
            return Optional.empty();
        }
        List<String> labels =
                Arrays.stream(TorchWeights.values()).map(TorchWeights::label).toList();
        String chosen = arguments.choice(WEIGHTS, labels, TorchWeights.EMA.label());
        return Optional.of(TorchWeights.values()[labels.indexOf(chosen)]);
    }

    /** What the file or the user calls the weights; empty where there is but one set. */
    private String kind(ForeignCheckpoint checkpoint, ModelWeights weights) {
        if (weights.isEma()) {
            return TorchWeights.EMA.label();
        }
        return which.isPresent() && !(checkpoint instanceof SafetensorsWeights)
                ? TorchWeights.RAW.label()
                : "";
    }
}
