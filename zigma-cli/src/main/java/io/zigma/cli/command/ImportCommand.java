package io.zigma.cli.command;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ForeignModelOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.terminal.Console;
import io.zigma.convert.ForeignAutoencoder;
import io.zigma.convert.ForeignCheckpoint;
import io.zigma.convert.ForeignNoisyClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/**
 * {@code zigma import}: a checkpoint folder from a checkpoint of the official program, or a codec's
 * folder from an autoencoder.
 */
public final class ImportCommand implements Command {

    private static final Option OUTPUT =
            Flags.value("o", "output", "DIR", "checkpoint folder to make; must be new or empty");
    private static final List<Option> OF_MODELS =
            Stream.of(
                            List.of(
                                    ModelImport.WEIGHTS,
                                    ModelImport.LABELS,
                                    PromptOptions.TEXT_ENCODER,
                                    CodecOptions.CODEC),
                            ForeignModelOptions.SHAPE,
                            ForeignModelOptions.OBJECTIVE)
                    .flatMap(List::stream)
                    .toList();

    private static final List<Option> NOT_OF_CLASSIFIERS =
            Stream.concat(
                            Stream.of(
                                    ModelImport.WEIGHTS,
                                    PromptOptions.TEXT_ENCODER,
                                    CodecOptions.CODEC),
                            ForeignModelOptions.SHAPE.stream())
                    .toList();

    @Override
    public String name() {
        return "import";
    }

    @Override
    public String purpose() {
        return "Make a checkpoint or codec folder from a PyTorch checkpoint or safetensors files.";
    }

    @Override
    public String synopsis() {
        return "FILE -o DIR";
    }

    @Override
    public Optional<String> operand() {
        return Optional.of(
                "FILE, the .pt, .ckpt, .safetensors or .safetensors.index.json file to import");
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to import and where to",
                        OUTPUT,
                        ModelImport.WEIGHTS,
                        ModelImport.LABELS,
                        PromptOptions.TEXT_ENCODER,
                        CodecOptions.CODEC),
                ForeignModelOptions.SECTION,
                AutoencoderImport.SECTION);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "import 0400000.pt -o models/churches",
                "import weights.pt -o models/b1 --weights raw --preset zigzag8_b1_pe2",
                "import weights.pt -o models/mine --weights raw --image-size 32 --channels 4"
                        + " --patch-size 1 --hidden-size 768 --depth 24",
                "import weights.safetensors -o models/mine --preset b-2 --classes 1000"
                        + " --null-class",
                "import sharded/model.safetensors.index.json -o models/large --preset"
                        + " zigzag8_b1_pe2",
                "import text.pt -o models/text --preset zigzag8_b1_pe2 --text-encoder"
                        + " clip-vit-large",
                "import vae-ft-mse.safetensors -o codecs/sd-vae",
                "import 64x64_classifier.pt -o models/guide --process iddpm",
                "import DiT-XL-2-256x256.pt -o models/xl --process ddpm --codec codecs/sd-vae");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        Path file = arguments.requiredOperand(this);
        Path folder = arguments.requiredPath(OUTPUT);
        ModelImport model = ModelImport.of(file, folder, arguments);
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            Optional<ForeignAutoencoder> autoencoder =
                    checkpoint.described().isEmpty()
                            ? ForeignAutoencoder.in(checkpoint, file)
                            : Optional.empty();
            if (autoencoder.isPresent()) {
                AutoencoderImport.run(
                        autoencoder.get(), file, folder, OF_MODELS, arguments, console);
                return;
            }
            AutoencoderImport.refuse(file, arguments);
            Optional<ForeignNoisyClassifier> classifier =
                    ForeignNoisyClassifier.in(checkpoint, file);
            if (classifier.isPresent()) {
                NoisyClassifierImport.run(
                        classifier.get(),
                        file,
                        folder,
                        model.labels(),
                        NOT_OF_CLASSIFIERS,
                        arguments,
                        console);
                return;
            }
            model.run(checkpoint, arguments, console);
        }
    }
}
