package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CaptionOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.SamplePrecision;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.codec.SampleCodec;
import io.zigma.io.AtomicFile;
import io.zigma.io.OutputFolder;
import io.zigma.text.TextEncoder;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
import io.zigma.train.data.LicenceFile;
import io.zigma.train.encode.EncodingSettings;
import io.zigma.train.encode.EncodingWork;
import io.zigma.train.encode.LatentEncoding;
import io.zigma.train.encode.SampleEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/** {@code zigma encode}: the latents of pictures, once, in shards that training reads. */
public final class EncodeCommand implements Command {

    private static final Option OUT =
            Flags.value(
                    "o",
                    "out",
                    "DIR",
                    "folder for the shards; one that holds a part of them is completed");
    private static final Option CODEC =
            Flags.value(
                    null,
                    "codec",
                    "DIR",
                    "folder of the codec that encodes (zigma import, zigma train-autoencoder)");
    private static final Option SHARD_SIZE =
            Flags.value(
                    null,
                    "shard-size",
                    "N",
                    "samples a tar file; default " + EncodingSettings.DEFAULT.samplesPerShard());
    private static final Option MIRRORED =
            Flags.flag(
                    null,
                    "mirrored",
                    "store the latents of mirrored pictures too, so that training can --flip");
    private static final Option TEXT_ENCODER =
            CaptionOptions.textEncoder(
                    "store the tokens of the captions too, as this text encoder reads them: minilm-l6,"
                            + " or the folder of one");
    private static final Option TEXT_TOKENS =
            CaptionOptions.textTokens("with --text-encoder: tokens that a caption is cut to");
    private static final Option FLOAT32 =
            Flags.flag(null, "float32", "store numbers of 32 bits; default: of 16");

    /** Where pictures are encoded: in this process or on a cluster. */
    @FunctionalInterface
    public interface Workers {

        /**
         * Prepares the work.
         *
         * @param codec what encodes pictures
         * @param textEncoder the text encoder's folder, where it is one that is not found by its
         *     name
         * @param encoder encodes in this process, with the same codec and text encoder
         * @return what encodes samples
         * @throws IOException if a file cannot be read
         */
        EncodingWork of(CodecFolder codec, Optional<Path> textEncoder, SampleEncoder encoder)
                throws IOException;
    }

    private final Workers workers;

    /** Makes the command that encodes in this process. */
    public EncodeCommand() {
        this((codec, textEncoder, encoder) -> EncodingWork.of(encoder));
    }

    /**
     * Makes a command that encodes elsewhere.
     *
     * @param workers where
     */
    public EncodeCommand(Workers workers) {
        this.workers = workers;
    }

    @Override
    public String name() {
        return "encode";
    }

    @Override
    public String purpose() {
        return "Encode pictures or clips as latents of a codec, once, in shards to train on.";
    }

    @Override
    public String synopsis() {
        return "--data DIR --codec DIR --out DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of("What to encode and where to", DataOptions.data(), CODEC, OUT),
                OptionSection.of(
                        "What to store", SHARD_SIZE, MIRRORED, FLOAT32, TEXT_ENCODER, TEXT_TOKENS),
                DataOptions.SECTION,
                DataOptions.CLIPS,
                OptionSection.of(
                        "How and where to compute",
                        SamplePrecision.PRECISION,
                        ComputeOptions.THREADS,
                        ComputeOptions.DEVICE,
                        ComputeOptions.TF32));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "encode --data photos --image-size 256 --codec codecs/sd-vae --out shards",
                "encode --data clips --frames 16 --fps 8 --image-size 128 --codec codecs/small --out shards",
                "encode --data photos-{000..041}.tar --image-size 256 --codec codecs/sd-vae --mirrored"
                        + " --out shards");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        check(arguments);
        DataOptions dataOptions = new DataOptions(arguments);
        CaptionOptions captions = new CaptionOptions(arguments);
        Path folder = arguments.requiredPath(OUT);
        CodecFolder opened = CodecFolder.open(arguments.requiredPath(CODEC));
        ComputeOptions compute = ComputeOptions.of(arguments);
        EncodingSettings settings = settings(arguments, compute);
        OutputFolder.requireWritable(folder);
        ImageDataset data = new DataOpening(dataOptions, console).ofNewRun();
        Device device = compute.start();
        try (SampleCodec codec = opened.load(device);
                Texts texts = captions.given() ? new Texts(captions.open(device)) : Texts.NONE) {
            SampleEncoder encoder =
                    new SampleEncoder(opened.reference(), codec, settings, texts.encoder(), device);
            EncodingWork work =
                    workers.of(
                            opened,
                            captions.given()
                                    ? Optional.of(arguments.requiredPath(TEXT_ENCODER))
                                            .filter(Files::isDirectory)
                                    : Optional.empty(),
                            encoder);
            LatentEncoding encoding;
            try {
                encoding = new LatentEncoding(folder, data, encoder, work);
            } catch (IllegalArgumentException e) {
                throw new UsageException(e.getMessage());
            }
            encode(encoding, opened, data.frames() > 0 ? "clips" : "pictures", folder, console);
            Optional<String> licences = LicenceFile.beside(dataOptions.folder());
            if (licences.isPresent()) {
                AtomicFile.writeText(folder.resolve(LicenceFile.NAME), licences.get() + "\n");
            }
        }
    }

    /**
     * Refuses what is wrong whatever the data is.
     *
     * @param arguments the command's
     * @throws UsageException if options cannot be meant
     * @throws IOException if there is no codec
     */
    public void check(Arguments arguments) throws IOException {
        arguments.requiredPath(OUT);
        new DataOptions(arguments).check();
        new CaptionOptions(arguments).checkTokens();
        settings(arguments, ComputeOptions.of(arguments));
        CodecFolder.open(arguments.requiredPath(CODEC));
    }

    private static EncodingSettings settings(Arguments arguments, ComputeOptions compute) {
        CaptionOptions captions = new CaptionOptions(arguments);
        return new EncodingSettings(
                arguments.integer(SHARD_SIZE, 1, EncodingSettings.DEFAULT.samplesPerShard()),
                arguments.has(MIRRORED),
                !arguments.has(FLOAT32),
                captions.given() ? captions.tokens(0) : 0,
                SamplePrecision.of(arguments, compute));
    }

    /** A text encoder that is closed, or none. */
    private record Texts(@Nullable TextEncoder encoder) implements AutoCloseable {

        private static final Texts NONE = new Texts(null);

        @Override
        public void close() {
            if (encoder != null) {
                encoder.close();
            }
        }
    }

    private static void encode(
            LatentEncoding encoding, CodecFolder codec, String what, Path folder, Console console)
            throws IOException {
        try (StopRequest stop =
                StopRequest.listen(
                        console,
                        "stopping: whole shards stay, and the same command completes them",
                        encoding::stop)) {
            Optional<LatentIndex> index;
            try (ProgressBar bar = new ProgressBar(console, what, 0)) {
                index =
                        encoding.run(
                                codec.preview(),
                                (done, total) -> bar.advanceTo(done, total, "encoded"));
            }
            if (index.isEmpty()) {
                console.say("stopped; the same command goes on with what is missing");
                return;
            }
            console.say(
                    "%s latents of %s in %s shards"
                            .formatted(
                                    index.get().size(),
                                    index.get().sample(),
                                    index.get().shards().size()));
            console.out().println(folder);
        }
    }
}
