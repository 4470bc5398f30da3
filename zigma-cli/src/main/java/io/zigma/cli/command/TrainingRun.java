package io.zigma.cli.command;

import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.cli.terminal.TrainingProgress;
import io.zigma.train.Training;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;

/** A training run on the terminal: progress, what is written, and a stop at Ctrl-C. */
final class TrainingRun {

    private TrainingRun() {}

    /** Returns the checkpoint that a run resumes from. */
    static Path newest(Path folder) throws IOException {
        return new CheckpointStore(RunFolder.open(folder)).newestToResume();
    }

    /** Trains to the end or until it is stopped, and prints where the newest checkpoint is. */
    static void finish(Training training, Path folder, Console console) throws IOException {
        try (StopRequest stop =
                StopRequest.listen(
                        console,
                        "stopping: this step is finished and saved first",
                        training::stopAfterCurrentStep)) {
            Training.Ending ending;
            try (ProgressBar bar = new ProgressBar(console, "steps", training.step())) {
                training.addListener(TrainingProgress.on(bar));
                training.addListener(announcing(bar));
                ending = training.run();
            }
            if (ending == Training.Ending.STOPPED) {
                console.say(
                        "stopped after step %s; --resume continues from there"
                                .formatted(training.step()));
            }
            console.out().println(newest(folder));
        }
    }

    private static TrainingListener announcing(ProgressBar bar) {
        return new TrainingListener() {
            @Override
            public void warned(String line) {
                bar.say(line);
            }

            @Override
            public void saved(long step, Path checkpoint) {
                bar.say("saved " + checkpoint);
            }

            @Override
            public void sampled(long step, Path picture) {
                bar.say("samples " + picture);
            }
        };
    }
}
