package io.zigma.train.listen;

import io.zigma.train.config.Cadence;
import io.zigma.train.run.TensorBoardEvents;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Writes a run's curves and pictures for TensorBoard. */
public final class TensorBoardListener implements TrainingListener {

    private final TensorBoardEvents events;
    private final int every;

    /**
     * Makes a listener.
     *
     * @param events where points and pictures go; they stay the caller's
     * @param every steps between points, at least 1
     */
    public TensorBoardListener(TensorBoardEvents events, int every) {
        this.events = events;
        this.every = every;
    }

    @Override
    public void afterStep(StepReport report) throws IOException {
        if (Cadence.due(every, report.step()) || report.step() == report.total()) {
            events.scalar(report.step(), "train/loss", report.loss());
            events.scalar(report.step(), "train/gradient_norm", report.gradientNorm());
            events.scalar(report.step(), "train/learning_rate", report.rate());
        }
    }

    @Override
    public void sampled(long step, Path picture) throws IOException {
        BufferedImage image = ImageIO.read(picture.toFile());
        events.image(
                step, "samples", image.getWidth(), image.getHeight(), Files.readAllBytes(picture));
    }
}
