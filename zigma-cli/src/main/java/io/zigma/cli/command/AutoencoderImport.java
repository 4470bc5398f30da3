package io.zigma.cli.command;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.codec.AutoencoderConfig;
import io.zigma.codec.PreviewPictures;
import io.zigma.codec.SampleCodec;
import io.zigma.convert.ForeignAutoencoder;
import io.zigma.engine.EngineStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.cli.Option;

/** {@code zigma import} of an autoencoder: a codec's folder. */
final class AutoencoderImport {

    /** Of Stable Diffusion 1 and 2, whose latents DiT, SiT and ZigMa are trained on. */
    private static final double STABLE_DIFFUSION = 0.18215;

    private static final int ITS_CHANNELS = 4;

    private static final Option SCALE =
            Flags.value(
                    null,
                    "scale-factor",
                    "S",
                    "what latents are multiplied by before a model sees them; default: as"
                            + " config.json beside the file says, else for latents of 4 channels "
                            + STABLE_DIFFUSION);
    private static final Option SHIFT =
            Flags.value(
                    null,
                    "shift-factor",
                    "S",
                    "what is subtracted from latents before; default: as config.json beside the"
                            + " file says, else 0");
    private static final Option GROUPS =
            Flags.value(
                    null,
                    "norm-groups",
                    "N",
                    "groups of the norms; default: as config.json beside the file says, else "
                            + AutoencoderConfig.GROUPS);

    private static final List<Option> ALL = List.of(SCALE, SHIFT, GROUPS);

    /** What describes an autoencoder where the file does not. */
    static final OptionSection SECTION =
            new OptionSection("An autoencoder, where the file does not describe it", ALL);

    private AutoencoderImport() {}

    /**
     * Refuses options of autoencoders for a file that holds none.
     *
     * @throws UsageException if one is given
     */
    static void refuse(Path file, Arguments arguments) {
        for (Option option : ALL) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for an autoencoder, and %s holds none; leave it out"
                                .formatted(Arguments.spelling(option), file));
            }
        }
    }

    /**
     * Writes the codec.
     *
     * @param autoencoder what the file holds
     * @param file the file
     * @param folder where to
     * @param ofModels options that an autoencoder has not
     * @throws UsageException if one of those is given, or a value is missing or cannot be meant
     * @throws IOException if reading or writing fails
     */
    static void run(
            ForeignAutoencoder autoencoder,
            Path file,
            Path folder,
            List<Option> ofModels,
            Arguments arguments,
            Console console)
            throws IOException {
        for (Option option : ofModels) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s holds an autoencoder; leave out %s"
                                .formatted(file, Arguments.spelling(option)));
            }
        }
        OptionalDouble known = autoencoder.scale();
        boolean assumed = known.isEmpty() && !arguments.has(SCALE);
        if (assumed && autoencoder.latentChannels() != ITS_CHANNELS) {
            throw new UsageException(
                    "%s holds an autoencoder with latents of %s channels and not what they are multiplied by; give %s, or put its config.json beside it"
                            .formatted(
                                    file, autoencoder.latentChannels(), Arguments.spelling(SCALE)));
        }
        double scale =
                arguments.number(
                        SCALE, Double.MIN_NORMAL, Float.MAX_VALUE, known.orElse(STABLE_DIFFUSION));
        double shift =
                arguments.number(
                        SHIFT, -Float.MAX_VALUE, Float.MAX_VALUE, autoencoder.shift().orElse(0));
        int groups =
                arguments.integer(GROUPS, 1, autoencoder.groups().orElse(AutoencoderConfig.GROUPS));
        AutoencoderConfig config = autoencoder.config(groups, scale, shift);
        JsonObject source = new JsonObject();
        source.addProperty("imported_from", String.valueOf(file.getFileName()));
        if (!autoencoder.place().isEmpty()) {
            source.addProperty("place", autoencoder.place());
        }
        CodecFolder codec = autoencoder.convert(config, folder, source);
        writePreview(codec, config.latentChannels());
        console.say(
                "%s: %s%s, %s"
                        .formatted(
                                file,
                                config.kind(),
                                autoencoder.place().isEmpty()
                                        ? ""
                                        : " (%s)".formatted(autoencoder.place()),
                                config.facts().get("latents")));
        if (assumed) {
            console.say(
                    "%s does not contain what latents are multiplied by; assumed: %s, of Stable Diffusion 1 and 2 (%s)"
                            .formatted(file, scale, Arguments.spelling(SCALE)));
        }
        console.say(
                "models name it by %s; a model is imported with --codec %s"
                        .formatted(codec.reference().hash(), folder));
        console.out().println(folder);
    }

    /** What latents look like without decoding them; a codec can do without. */
    private static void writePreview(CodecFolder codec, int channels) throws IOException {
        try (SampleCodec loaded = codec.load(Device.cpu());
                NDManager manager = EngineStart.newManager(Device.cpu())) {
            codec.writePreview(PreviewPictures.fit(loaded, codec.spec(), channels, manager));
        } catch (IllegalStateException e) {
            return; // latents that are not finite are no reason to refuse what was imported
        }
    }
}
