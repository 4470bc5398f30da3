package io.zigma.train.listen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Several listeners as one, called in their order.
 *
 * @param all of them
 */
public record Listeners(List<TrainingListener> all) implements TrainingListener {

    /**
     * Copies the list.
     *
     * @param all the listeners in the order in which they are called
     */
    public Listeners {
        all = List.copyOf(all);
    }

    @Override
    public void afterStep(StepReport report) throws IOException {
        for (TrainingListener listener : all) {
            listener.afterStep(report);
        }
    }

    @Override
    public void warned(String line) {
        all.forEach(listener -> listener.warned(line));
    }

    @Override
    public void saved(long step, Path checkpoint) throws IOException {
        for (TrainingListener listener : all) {
            listener.saved(step, checkpoint);
        }
    }

    @Override
    public void sampled(long step, Path picture) throws IOException {
        for (TrainingListener listener : all) {
            listener.sampled(step, picture);
        }
    }
}
