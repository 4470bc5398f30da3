package io.zigma.train.listen;

import com.google.gson.JsonObject;
import io.zigma.train.config.Cadence;
import io.zigma.train.run.EventLog;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a run's log.jsonl. */
public final class LogListener implements TrainingListener {

    private final EventLog log;
    private final int every;

    /**
     * Makes a listener.
     *
     * @param log where lines go; it stays the caller's
     * @param every steps between lines of losses, at least 1
     */
    public LogListener(EventLog log, int every) {
        this.log = log;
        this.every = every;
    }

    @Override
    public void afterStep(StepReport report) throws IOException {
        if (Cadence.due(every, report.step()) || report.step() == report.total()) {
            JsonObject event = new JsonObject();
            event.addProperty("step", report.step());
            event.addProperty("loss", report.loss());
            event.addProperty("gradient_norm", report.gradientNorm());
            event.addProperty("learning_rate", report.rate());
            log.append(event);
        }
    }

    @Override
    public void saved(long step, Path checkpoint) throws IOException {
        event(step, "checkpoint", checkpoint);
        log.flush();
    }

    @Override
    public void sampled(long step, Path picture) throws IOException {
        event(step, "sample", picture);
    }

    private void event(long step, String kind, Path file) throws IOException {
        JsonObject event = new JsonObject();
        event.addProperty("step", step);
        event.addProperty(kind, file.getFileName().toString());
        log.append(event);
    }
}
