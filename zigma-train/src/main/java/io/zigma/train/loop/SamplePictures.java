package io.zigma.train.loop;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.media.ImageGrid;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pictures of what the averaged weights can do. The images keep their seeds and classes through a
 * run, so that its pictures show the same images getting better.
 */
final class SamplePictures {

    private static final int BATCH = 16;

    private final TrainingConfig config;
    private final ModelPair models;
    private final RunFolder run;
    private final Device device;

    SamplePictures(TrainingConfig config, ModelPair models, RunFolder run, Device device) {
        this.config = config;
        this.models = models;
        this.run = run;
        this.device = device;
    }

    /**
     * Samples the averaged weights and writes the images as one grid, classes in turn.
     *
     * @param step steps taken, the name of the file
     * @param description what the images' recipe says of the model
     * @return the PNG file samples/STEP.png
     */
    Path draw(long step, CheckpointConfig description) throws IOException {
        CheckpointConfig.SamplingDefaults sampling = config.sampling();
        GenerationRequest request =
                new GenerationRequest(
                        labels(),
                        config.seed(),
                        sampling.spec().create(),
                        sampling.guidance(),
                        BATCH);
        Path name = run.root().toAbsolutePath().normalize().getFileName();
        try (ImageGenerator generator =
                ImageGenerator.over(
                        models.averaged(), description, name + " step " + step, device)) {
            List<GeneratedImage> images = generator.generate(request, GenerationListener.NONE);
            Path file = run.sampleFile(step);
            PngFile.write(
                    file,
                    ImageGrid.of(images.stream().map(GeneratedImage::picture).toList()),
                    images.get(0).recipe().fields());
            return file;
        }
    }

    /** Returns all classes in turn, or no class for an unconditional model. */
    private List<Integer> labels() {
        int classes = config.model().conditioning().classes();
        return IntStream.range(0, config.cadence().sampleCount())
                .mapToObj(image -> classes == 0 ? GenerationRequest.ANY : image % classes)
                .toList();
    }
}
