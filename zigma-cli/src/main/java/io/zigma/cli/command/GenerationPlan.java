package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.PictureOutput;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.io.OutputFile;
import io.zigma.media.ImageGrid;
import io.zigma.media.MediaFormats;
import io.zigma.op.Precision;
import io.zigma.pipeline.CodecSource;
import io.zigma.pipeline.Extension;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.LoadOptions;
import io.zigma.pipeline.Magnification;
import io.zigma.pipeline.TextEncoderSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/**
 * All that was asked for, checked as far as it can be without the engine.
 *
 * @param checkpoint the model's folder
 * @param request what to sample
 * @param randomSeed whether its seed is random and has to be printed
 * @param output where the pictures go
 * @param gif the file of the animation, if one is wanted
 * @param attention the file of the attention maps, if wanted
 * @param style how files show the pictures
 * @param animationMagnification of the animation
 * @param compute where to compute
 * @param precision what large matrix products are taken in
 * @param textEncoder where the text encoder comes from
 * @param codec where the codec of a model of latents comes from
 * @param guide a weaker model that guidance turns away from, if one is wanted
 * @param classifier a classifier of noisy pictures that guides, if one is wanted
 */
record GenerationPlan(
        CheckpointFolder checkpoint,
        GenerationRequest request,
        boolean randomSeed,
        PictureOutput output,
        Optional<Path> gif,
        Optional<AttentionSheet> attention,
        FileStyle style,
        Magnification animationMagnification,
        ComputeOptions compute,
        Precision precision,
        TextEncoderSource textEncoder,
        CodecSource codec,
        Optional<CheckpointFolder> guide,
        Optional<AskedClassifier> classifier) {

    static final int DEFAULT_BATCH = 16;

    static final Option SEED =
            Flags.value(
                    "s",
                    "seed",
                    "N",
                    "seed of the first picture, the next has the next; default, and -1: random and"
                            + " printed");
    static final Option OUTPUT =
            Flags.value(
                    "o",
                    "output",
                    "FILE",
                    "PNG file for a grid of all, a pattern such as out_%03d.png for a file each, or - for"
                            + " a PNG on standard output; default zigma.png. A model of videos writes"
                            + " .gif, .apng or .webp (exact) or .mp4 files, several videos side by side (default"
                            + " zigma.gif), .zip files of frames as PNG, or PNG files of all frames in a"
                            + " grid. A file that ends in .safetensors gets the samples"
                            + " undecoded: the latents of a latent model");
    static final Option GUIDE =
            Flags.value(
                    null,
                    "guide",
                    "DIR",
                    "autoguidance: --cfg-scale turns away from this weaker model, such as an earlier"
                            + " checkpoint of the run, in place of the null condition");
    static final Option GIF =
            Flags.value(
                    null,
                    "gif",
                    "FILE",
                    "also write an animation of how the (first "
                            + DenoisingFrames.MOST_PICTURES
                            + ") pictures are denoised");
    static final Option SCALE =
            Flags.value(
                    null,
                    "scale",
                    "K",
                    "magnify pixels K times; default: 1 for files of their own, enough to see"
                            + " small pictures well in a grid or an animation");
    static final Option NO_METADATA =
            Flags.flag(null, "no-metadata", "leave the recipe out of the files");
    static final Option BATCH = SamplingOptions.batchOf(DEFAULT_BATCH);

    /**
     * Reads what was asked for.
     *
     * @throws UsageException if it cannot be meant
     * @throws IOException if a file cannot be read, or a result would find no place
     */
    static GenerationPlan of(Arguments arguments) throws IOException {
        Optional<PictureOutput> named =
                arguments
                        .path(OUTPUT)
                        .map(given -> PictureOutput.parse(Arguments.spelling(OUTPUT), given));
        Optional<Path> gif = arguments.path(GIF);
        gif.ifPresent(GenerationPlan::requireGif);
        Optional<AttentionSheet> attention = AttentionSheet.of(arguments);
        ComputeOptions compute = ComputeOptions.of(arguments);
        arguments.integer(SCALE, 1, Magnification.LARGEST, 1);
        AskedRequest asked = AskedRequest.of(arguments, compute);
        CheckpointFolder checkpoint = asked.checkpoint();
        CodecSource codec = CodecOptions.source(arguments);
        CheckpointConfig config = checkpoint.config();
        SampleShape pixels = pixels(checkpoint, codec);
        PictureOutput output = output(named, checkpoint, asked.isSequence());
        List<Prompt> subjects = asked.request().prompts();
        if (attention.isPresent()) {
            attention.get().requireWords(subjects, checkpoint.path());
        }
        Magnification visible =
                magnification(arguments, Magnification.toSee(pixels.height(), pixels.width()));
        Magnification own =
                output instanceof PictureOutput.Singles
                        ? magnification(arguments, new Magnification(1))
                        : visible;

        FileStyle style =
                FileStyle.of(arguments, own, !arguments.has(NO_METADATA), asked.isSequence());
        boolean force = arguments.has(PictureOutput.FORCE);
        List<Path> files = output.files(subjects.size());
        PictureOutput.checkFree(files, force);
        SampleShape canvas = extended(pixels, asked.request(), config);
        if (!(output instanceof PictureOutput.Singles)) {
            boolean animates = output.format().animates();
            int together = asked.isSequence() && animates ? 1 : subjects.size();
            requireVisible(canvas, animates, together, own);
        }
        List<Path> taken = new ArrayList<>(files);
        if (gif.isPresent()) {
            requireAnother(GIF, gif.get(), taken);
            PictureOutput.checkFree(gif.get(), force);
            taken.add(gif.get());
        }
        if (attention.isPresent()) {
            requireAnother(AttentionSheet.OPTION, attention.get().file(), taken);
            PictureOutput.checkFree(attention.get().file(), force);
        }
        return new GenerationPlan(
                checkpoint,
                asked.request(),
                asked.randomSeed(),
                output,
                gif,
                attention,
                style,
                visible,
                compute,
                asked.precision(),
                PromptOptions.textEncoder(arguments),
                codec,
                asked.guide(),
                asked.classifier());
    }

    /** Loads the model on its device, and the weaker one that guidance turns away from. */
    ImageGenerator load() throws IOException {
        Device device = compute.start();
        ImageGenerator guided =
                guided(
                        ImageGenerator.load(
                                checkpoint, device, new LoadOptions(precision, textEncoder, codec)),
                        guide,
                        device,
                        precision);
        return AskedClassifier.guided(guided, classifier, device);
    }

    /** Opens the weaker model that guidance turns away from, if one is wanted. */
    static Optional<CheckpointFolder> guide(Arguments arguments, GuidanceStrength guidance)
            throws IOException {
        Optional<Path> folder = arguments.path(GUIDE);
        if (folder.isPresent() && !guidance.guides()) {
            throw new UsageException(
                    "--guide turns away from another model by --cfg-scale, which is 1; give one above it, such as 2");
        }
        return folder.isEmpty() ? Optional.empty() : Optional.of(ModelFolder.open(folder.get()));
    }

    /** Adds the weaker model, if one is wanted; both are closed with the result. */
    static ImageGenerator guided(
            ImageGenerator generator,
            Optional<CheckpointFolder> guide,
            Device device,
            Precision precision)
            throws IOException {
        if (guide.isEmpty()) {
            return generator;
        }
        try {
            ImageGenerator weaker =
                    ImageGenerator.load(
                            guide.get(), device, LoadOptions.DEFAULT.withPrecision(precision));
            try {
                return generator.guidedBy(weaker);
            } catch (InvalidRequestException e) {
                weaker.close();
                throw new UsageException(e.getMessage());
            }
        } catch (IOException | RuntimeException e) {
            generator.close();
            throw e;
        }
    }

    /**
     * Returns the size of a model's pictures, and refuses to make pictures of latents that nothing
     * here decodes.
     *
     * @throws UsageException if the checkpoint names no codec and none is given, or it is not here,
     *     or is the wrong one
     */
    private static SampleShape pixels(CheckpointFolder checkpoint, CodecSource codec) {
        CheckpointConfig config = checkpoint.config();
        SampleShape sample = config.model().sample();
        if (config.codec().isEmpty() && codec.place() == null) {
            throw new UsageException(
                    "%s makes latents of %s, not pictures, and names no codec that decodes them; %s DIR names its folder, and -o FILE%s writes the latents"
                            .formatted(
                                    checkpoint.path(),
                                    sample,
                                    Arguments.spelling(CodecOptions.CODEC),
                                    LatentsFile.ENDING));
        }
        try {
            return codec.beside(checkpoint.path())
                    .find(config, checkpoint.path().toString())
                    .map(folder -> folder.spec().pixelsOf(sample))
                    .orElse(sample);
        } catch (InvalidRequestException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static Magnification magnification(Arguments arguments, Magnification defaults) {
        return new Magnification(
                arguments.integer(SCALE, 1, Magnification.LARGEST, defaults.factor()));
    }

    private static PictureOutput output(
            Optional<PictureOutput> named, CheckpointFolder checkpoint, boolean sequence) {
        boolean video = checkpoint.config().model().sample().isVideo() || sequence;
        PictureOutput output =
                named.orElse(
                        video
                                ? new PictureOutput.Grid(Path.of("zigma.gif"), MediaFormats.GIF)
                                : new PictureOutput.Grid(Path.of("zigma.png"), MediaFormats.PNG));
        if (output.format().animates() && !video) {
            throw new UsageException(
                    "%s makes pictures, not videos; '%s' should end in %s (--gif animates how they are denoised)"
                            .formatted(
                                    checkpoint.path(),
                                    output.files(1).get(0),
                                    MediaFormats.endings(
                                            MediaFormats.all().stream()
                                                    .filter(format -> !format.animates())
                                                    .toList())));
        }
        return output;
    }

    /**
     * Returns the size of the videos, as long as they become. A clip that they go on from is
     * decoded for that.
     *
     * @throws UsageException if it is too short
     * @throws IOException if it is damaged
     */
    private static SampleShape extended(
            SampleShape pixels, GenerationRequest request, CheckpointConfig config)
            throws IOException {
        Extension extension = request.extension();
        if (extension == null) {
            return pixels;
        }
        try {
            return SampleShape.video(
                    extension.length(config, pixels),
                    pixels.channels(),
                    pixels.height(),
                    pixels.width());
        } catch (InvalidRequestException e) {
            throw AskedRequest.refusal(e, request);
        }
    }

    private static void requireGif(Path file) {
        if (!MediaFormats.of(file).equals(Optional.of(MediaFormats.GIF))) {
            throw new UsageException(
                    "--gif '%s' should end in %s"
                            .formatted(file, MediaFormats.endings(List.of(MediaFormats.GIF))));
        }
    }

    /** A grid that cannot be written would cost all of its pictures. */
    private static void requireVisible(
            SampleShape canvas, boolean animated, int count, Magnification magnification) {
        // a still picture of a video is a grid of its frames
        int frames = animated ? 1 : canvas.frameCount();
        try {
            new ImageGrid.Size(canvas.width(), canvas.height())
                    .grid(frames)
                    .times(magnification.factor())
                    .grid(count)
                    .requireDrawable();
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "%s together: %s; give each a file of its own, such as -o item_%%d.png, or a lower --scale"
                            .formatted(
                                    count == 1 ? "1 picture" : count + " pictures",
                                    e.getMessage()));
        }
    }

    private static void requireAnother(Option option, Path beside, List<Path> files)
            throws IOException {
        Path place = OutputFile.of(beside).place().normalize();
        for (Path file : files) {
            if (OutputFile.of(file).place().normalize().equals(place)) {
                throw new UsageException(
                        "%s '%s' is the file of the result itself; name another file"
                                .formatted(Arguments.spelling(option), beside));
            }
        }
    }
}
