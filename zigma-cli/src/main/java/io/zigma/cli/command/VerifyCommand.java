package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.Printable;
import io.zigma.codec.CodecReference;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.CodecSource;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.OutputDifference;
import io.zigma.pipeline.ReferenceOutputs;
import io.zigma.pipeline.ReferenceOutputs.Operations;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextEncoders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.Option;

/**
 * {@code zigma verify}: whether a checkpoint gives here what it gave where it was made.
 *
 * <p>It fails, with exit status 1, if it does not.
 */
public final class VerifyCommand implements Command {

    private static final Option PLAIN =
            Flags.flag(
                    null,
                    "plain",
                    "compute with the plain reference operations instead of the fused kernels; slow");
    private static final Option RECORD =
            Flags.flag(
                    null,
                    "record",
                    "write %s from the model's present outputs"
                            .formatted(CheckpointFolder.REFERENCE));
    private static final Option FORCE =
            Flags.flag("f", "force", "let --record replace outputs that are there");

    @Override
    public String name() {
        return "verify";
    }

    @Override
    public String purpose() {
        return "Compute a checkpoint's recorded outputs again and compare.";
    }

    @Override
    public String synopsis() {
        return "-m DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "Options",
                        ModelFolder.MODEL,
                        ComputeOptions.DEVICE,
                        ComputeOptions.THREADS,
                        PLAIN,
                        RECORD,
                        FORCE));
    }

    @Override
    public List<String> examples() {
        return List.of("verify -m models/fashion", "verify -m models/mine --record");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        ComputeOptions compute = ComputeOptions.of(arguments);
        if (arguments.has(RECORD) && arguments.has(PLAIN)) {
            throw new UsageException(
                    "--record writes the outputs of the fused kernels; leave out --plain");
        }
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        if (arguments.has(RECORD)) {
            record(checkpoint, arguments.has(FORCE), compute, console);
            return;
        }
        ReferenceOutputs outputs = ReferenceOutputs.read(checkpoint);
        Operations operations = arguments.has(PLAIN) ? Operations.PLAIN : Operations.FUSED;
        Device device = compute.start();
        List<OutputDifference> differences = outputs.recompute(device, operations);
        print(checkpoint, differences, console);
        requireTolerated(checkpoint, differences);
        lookForTextEncoder(checkpoint, device, console);
        lookForCodec(checkpoint, console);
    }

    /** The outputs are latents; pictures need the codec that the model names, too. */
    private static void lookForCodec(CheckpointFolder checkpoint, Console console) {
        if (checkpoint.config().codec().filter(CodecReference::isFolder).isEmpty()) {
            return;
        }
        try {
            CodecSource.NAMED
                    .beside(checkpoint.path())
                    .find(checkpoint.config(), checkpoint.path().toString())
                    .ifPresent(
                            codec ->
                                    console.out()
                                            .printf(
                                                    "codec %s is here%n",
                                                    codec.reference().name()));
        } catch (InvalidRequestException e) {
            console.say(
                    "the outputs are right, but latents cannot be decoded: %s"
                            .formatted(e.getMessage()));
        }
    }

    /** The outputs are of tokens; words need the encoder that the model was trained with, too. */
    private static void lookForTextEncoder(
            CheckpointFolder checkpoint, Device device, Console console) {
        Optional<TextEncoderReference> reference = checkpoint.config().textEncoder();
        if (reference.isEmpty()) {
            return;
        }
        List<Path> places =
                List.of(checkpoint.path().toAbsolutePath().normalize().resolveSibling(""));
        try (TextEncoder encoder = TextEncoders.find(reference.get(), device, places)) {
            console.out().printf("text encoder %s is here%n", encoder.reference().name());
        } catch (IOException e) {
            console.say(
                    "the outputs are right, but prompts cannot be encoded: %s"
                            .formatted(e.getMessage()));
        }
    }

    private static void record(
            CheckpointFolder checkpoint, boolean force, ComputeOptions compute, Console console)
            throws IOException {
        if (ReferenceOutputs.exist(checkpoint) && !force) {
            throw new IOException(
                    "%s has recorded outputs already; add --force to replace them"
                            .formatted(checkpoint.path()));
        }
        ReferenceOutputs.record(checkpoint, compute.start());
        console.out().println(checkpoint.path().resolve(CheckpointFolder.REFERENCE));
    }

    private static void print(
            CheckpointFolder checkpoint, List<OutputDifference> differences, Console console) {
        List<String> classes =
                differences.stream().map(difference -> label(checkpoint, difference)).toList();
        int width = classes.stream().mapToInt(String::length).max().orElse(0);
        String row = "%-4s  %-" + Math.max(width, "class".length()) + "s  %10s  %8s  %8s%n";
        console.out().printf(row, "time", "class", "difference", "relative", "allowed");
        for (int i = 0; i < differences.size(); i++) {
            OutputDifference difference = differences.get(i);
            console.out()
                    .printf(
                            row,
                            number("%.2f", difference.time()),
                            classes.get(i),
                            number("%.1e", difference.absolute()),
                            number("%.1e", difference.relative()),
                            number("%.1e", difference.allowed()));
        }
    }

    private static String label(CheckpointFolder checkpoint, OutputDifference difference) {
        return difference.label() == GenerationRequest.ANY
                ? "any"
                : Printable.of(checkpoint.config().labels().get(difference.label()));
    }

    private static void requireTolerated(
            CheckpointFolder checkpoint, List<OutputDifference> differences) throws IOException {
        Optional<OutputDifference> worst =
                differences.stream()
                        .filter(difference -> !difference.tolerated())
                        .max(Comparator.comparingDouble(OutputDifference::relative));
        if (worst.isPresent()) {
            throw new IOException(
                    ("%s does not give its recorded outputs here: they differ by up to %s of their"
                                    + " size; download the folder again, or report it if --plain differs too")
                            .formatted(checkpoint.path(), number("%.1e", worst.get().relative())));
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
