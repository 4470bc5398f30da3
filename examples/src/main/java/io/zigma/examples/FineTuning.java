package io.zigma.examples;

import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.media.PictureFormat;
import io.zigma.train.Training;
import io.zigma.train.TrainingRequest;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.*;
import java.io.IOException;
import java.nio.file.Path;

/** Trains a model further on other pictures, its first layers frozen. */
public final class FineTuning {

    private FineTuning() {}

    /**
     * Trains on a folder of pictures and leaves the result in a run folder. A model of classes takes
     * a sub-folder for each class, a text model a caption for each picture: {@code NAME.txt} beside
     * {@code NAME.png}, or a {@code metadata.jsonl}.
     */
    public static void tune(Path model, Path pictures, Path run, int steps) throws IOException {
        CheckpointFolder from = CheckpointFolder.open(model);
        SampleShape own = from.config().model().sample();
        PictureFormat format = new PictureFormat(own.channels(), own.height(), own.width());
        ImageDataset data = Datasets.open(pictures, DatasetOptions.defaults().withFormat(format));
        TrainingConfig config =
                TrainingConfig.of(from, data)
                        .withFrozen("x_embedder", "t_embedder", "blocks.0.", "blocks.1.")
                        .withSteps(steps)
                        .withBatchSize(8);
        try (Training training =
                Training.start(TrainingRequest.of(run, config, data), from)) {
            training.run();
        }
    }
}
