package io.zigma.cli.command;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.terminal.Console;
import io.zigma.train.PosthocCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.apache.commons.cli.Option;

/** {@code zigma average}: another average of a run's weights, chosen after training. */
public final class AverageCommand implements Command {

    private static final Option RUN =
            Flags.value("r", "run", "DIR", "folder of a run that was trained with --power-ema");
    private static final Option LENGTH =
            Flags.value(
                    "l",
                    "length",
                    "R",
                    "how long the average is relative to the training, above 0 and below 0.2886, such"
                            + " as 0.07");
    private static final Option STEP =
            Flags.value(null, "step", "N", "of the snapshot to end at; default: the newest");
    private static final Option OUTPUT =
            Flags.value("o", "output", "DIR", "folder to make for the checkpoint");

    @Override
    public String name() {
        return "average";
    }

    @Override
    public String purpose() {
        return "Make the checkpoint of another average of a run's weights.";
    }

    @Override
    public String synopsis() {
        return "--run DIR --length R -o DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(OptionSection.of("What to average", RUN, LENGTH, STEP, OUTPUT));
    }

    @Override
    public List<String> examples() {
        return List.of("average --run runs/first --length 0.07 -o models/first-0.07");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        Path run = arguments.requiredPath(RUN);
        Path target = arguments.requiredPath(OUTPUT);
        arguments.requiredText(LENGTH);
        double length = arguments.number(LENGTH, 1e-4, 0.2886, 0.1);
        OptionalLong step =
                arguments.has(STEP)
                        ? OptionalLong.of(arguments.integer(STEP, 1, 1))
                        : OptionalLong.empty();
        console.out().println(PosthocCheckpoint.of(run).write(length, step, target).path());
    }
}
