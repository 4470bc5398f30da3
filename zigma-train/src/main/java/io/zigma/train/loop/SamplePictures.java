package io.zigma.train.loop;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.codec.LatentPreview;
import io.zigma.condition.ConditionEncoder;
import io.zigma.condition.Prompt;
import io.zigma.media.ImageGrid;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import io.zigma.media.Pixels;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GuidanceChoice;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.Latent;
import io.zigma.pipeline.SamplerChoice;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.run.RunFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Samples of the EMA weights. The images have the same seeds and prompts through a run, so that its
 * pictures show the same images getting better.
 */
public final class SamplePictures {

    private static final int BATCH = 16;
    private static final Duration FRAME = Duration.ofMillis(100);

    /** Latents are a few pixels a side. */
    private static final int PREVIEW_SIDE = 128;

    private final TrainingConfig config;
    private final ModelPair models;
    private final RunFolder run;
    private final Device device;
    private final List<Prompt> prompts;
    private final Optional<LatentPreview> preview;
    private final Function<String, ConditionEncoder> encoders;

    /**
     * Makes the pictures of a run.
     *
     * @param config how many, and what they are made with
     * @param models whose EMA weights are sampled
     * @param run where pictures go
     * @param device where samples are computed
     * @param prompts what each image shows
     * @param preview what latents are shown by; nothing for a model of pixels
     * @param encoders a new encoder of prompts, given the model's name
     */
    public SamplePictures(
            TrainingConfig config,
            ModelPair models,
            RunFolder run,
            Device device,
            List<Prompt> prompts,
            Optional<LatentPreview> preview,
            Function<String, ConditionEncoder> encoders) {
        this.config = config;
        this.models = models;
        this.run = run;
        this.device = device;
        this.prompts = List.copyOf(prompts);
        this.preview = preview;
        this.encoders = encoders;
    }

    /**
     * Chooses classes to sample.
     *
     * @param classes how many the model has
     * @param count how many prompts to return
     * @return all classes cyclically, or no class for an unconditional model
     */
    public static List<Prompt> classes(int classes, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> classes == 0 ? Prompt.any() : Prompt.ofClass(i % classes))
                .toList();
    }

    /**
     * Chooses captions to sample.
     *
     * @param data a data set with captions
     * @param count how many prompts to return
     * @return captions of pictures that lie evenly in the data set, of each picture another one
     */
    public static List<Prompt> captions(ImageDataset data, int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i -> {
                            int picture = (int) ((long) i * data.size() / count);
                            List<String> captions = data.captions(picture);
                            return Prompt.ofText(captions.get(i % captions.size()));
                        })
                .toList();
    }

    /**
     * Samples the EMA weights and writes the images as one grid.
     *
     * @param step steps taken, the name of the file
     * @param description of the model, for the images' recipe
     * @return the PNG file samples/STEP.png
     */
    Path write(long step, CheckpointConfig description) throws IOException {
        CheckpointConfig.SamplingDefaults sampling = config.sampling();
        GenerationRequest request =
                GenerationRequest.any()
                        .withPrompts(prompts)
                        .withSeed(config.seed())
                        .withSampler(new SamplerChoice.Given(sampling.spec().create()))
                        .withGuidance(GuidanceChoice.of(sampling.guidance()))
                        .withBatchSize(BATCH)
                        .withLatents(preview.isPresent());
        Path folder = run.root().toAbsolutePath().normalize().getFileName();
        String name = folder + " step " + step;
        try (ImageGenerator generator =
                ImageGenerator.over(
                        models.averaged(), description, name, device, encoders.apply(name))) {
            List<GeneratedImage> images = generator.generate(request, GenerationListener.NONE);
            Path file = run.sampleFile(step);
            PngFile.write(
                    file,
                    ImageGrid.of(images.stream().map(this::picture).toList()),
                    images.get(0).recipe().fields());
            if (config.model().sample().isVideo()) {
                writeMoving(file, images);
            }
            return file;
        }
    }

    /** The picture, or a video's frames in a grid. */
    private BufferedImage picture(GeneratedImage image) {
        List<BufferedImage> frames = frames(image);
        return frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames);
    }

    /**
     * The frames of a video or the picture, or what latents look like by their preview, enlarged so
     * that they can be seen.
     */
    private List<BufferedImage> frames(GeneratedImage image) {
        if (preview.isEmpty()) {
            return image.frames();
        }
        Latent latent = image.latent().orElseThrow();
        SampleShape small = latent.shape();
        int factor = Math.max(1, PREVIEW_SIDE / Math.max(small.height(), small.width()));
        SampleShape large =
                SampleShape.image(
                        preview.get().pixelChannels(),
                        factor * small.height(),
                        factor * small.width());
        int each = small.size() / small.frameCount();
        return IntStream.range(0, small.frameCount())
                .mapToObj(
                        i ->
                                Pixels.picture(
                                        preview.get()
                                                .enlarged(
                                                        Arrays.copyOfRange(
                                                                latent.values(),
                                                                i * each,
                                                                (i + 1) * each),
                                                        small,
                                                        large),
                                        large.channels(),
                                        large.height(),
                                        large.width()))
                .toList();
    }

    /** Writes videos side by side as they move, beside the picture of all their frames. */
    private void writeMoving(Path picture, List<GeneratedImage> videos) throws IOException {
        int count = config.model().sample().frames();
        List<List<BufferedImage>> each = videos.stream().map(this::frames).toList();
        List<BufferedImage> frames =
                IntStream.range(0, count)
                        .mapToObj(
                                i ->
                                        ImageGrid.of(
                                                each.stream().map(video -> video.get(i)).toList()))
                        .toList();
        String name = String.valueOf(picture.getFileName()).replaceFirst("\\.png$", "");
        MediaFormats.GIF.write(
                picture.resolveSibling(name + ".gif"),
                new MediaContent(frames, FRAME, FRAME, videos.get(0).recipe().fields()));
    }
}
