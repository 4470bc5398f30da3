package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.terminal.Console;
import io.zigma.io.AtomicFile;
import io.zigma.io.OutputFolder;
import io.zigma.io.SafetensorsType;
import io.zigma.pipeline.ReferenceOutputs;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** {@code zigma export}: a checkpoint without what only training needs. */
public final class ExportCommand implements Command {

    private static final List<String> PRECISIONS = List.of("f32", "f16", "bf16");

    private static final Option OUTPUT =
            Flags.value("o", "output", "DIR", "folder for the checkpoint; made if it is not there");
    private static final Option PRECISION =
            Flags.value(
                    null,
                    "precision",
                    "NAME",
                    "f32 (default), or f16 or bf16 for half the size; bf16 has 2 digits for any"
                            + " weight, f16 has 3 within its range");
    private static final Option FORCE =
            Flags.flag("f", "force", "replace the exported checkpoint that --output holds");

    @Override
    public String name() {
        return "export";
    }

    @Override
    public String purpose() {
        return "Write a trained model without its training state, to share or to load in Python.";
    }

    @Override
    public String synopsis() {
        return "-m DIR -o DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of("What to write", ModelFolder.MODEL, OUTPUT, PRECISION, FORCE),
                OptionSection.of(
                        "What it recommends",
                        SamplingOptions.SAMPLER,
                        SamplingOptions.STEPS,
                        SamplingOptions.SAMPLER_OPTION,
                        SamplingOptions.GUIDANCE,
                        SamplingOptions.INTERVAL,
                        SamplingOptions.CHANNELS));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "export -m runs/first -o models/first",
                "export -m runs/first -o models/small --precision bf16",
                "export -m runs/first -o models/first --sampler heun --steps 25 --cfg-scale 1.5");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        Path target = arguments.requiredPath(OUTPUT);
        SafetensorsType precision =
                SafetensorsType.valueOf(
                        arguments.choice(PRECISION, PRECISIONS, "f32").toUpperCase(Locale.ROOT));
        SamplingOptions sampling = new SamplingOptions(arguments);
        sampling.check();
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        SamplingDefaults recommended = sampling.recommended(checkpoint);
        requireFree(checkpoint.path(), target, arguments.has(FORCE));
        OutputFolder.requireWritable(target);
        checkpoint.exportTo(
                target,
                precision,
                recommended,
                written -> ReferenceOutputs.record(written, Device.cpu()));
        console.out().println(target);
    }

    private static void requireFree(Path source, Path target, boolean force) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new IOException("%s is a file; name a folder".formatted(target));
        }
        if (CheckpointStore.isComplete(target)
                || Files.exists(new RunFolder(target).checkpointsFolder())) {
            throw new IOException(
                    "%s belongs to a training run, which resumes from it; name another folder"
                            .formatted(target));
        }
        if (Files.isSameFile(target, source)) {
            throw new IOException(
                    "%s is the checkpoint to export; name another folder".formatted(target));
        }
        try (Stream<Path> files = Files.list(target)) {
            if (files.allMatch(AtomicFile::isLeftover)) {
                return;
            }
        }
        // files of these names may be of another program: only what this program wrote is replaced
        if (!CheckpointFolder.isIn(target)) {
            throw new IOException(
                    "%s holds something else than a checkpoint; name another folder"
                            .formatted(target));
        }
        if (!force) {
            throw new IOException(
                    "%s holds a checkpoint already; name another folder or add --force to replace it"
                            .formatted(target));
        }
    }
}
