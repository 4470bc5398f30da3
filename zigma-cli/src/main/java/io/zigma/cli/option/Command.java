package io.zigma.cli.option;

import io.zigma.cli.terminal.Console;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One word behind {@code zigma}: what it is for, what it takes, what it does. */
public interface Command {

    /** The word itself. */
    String name();

    /** What it is for, in one line that starts with a verb. */
    String purpose();

    /** The options that must be given, as the usage line shows them. */
    String synopsis();

    /** What the one word means that needs no option; empty where every value needs one. */
    default Optional<String> operand() {
        return Optional.empty();
    }

    /** All options of its own by how often they are needed; the common ones come on their own. */
    List<OptionSection> sections();

    /** Command lines that work, without the program's name. */
    List<String> examples();

    /**
     * Checks the options, then does the work.
     *
     * @param arguments the options as given
     * @param console where results and progress go
     * @throws UsageException if the options are wrong
     * @throws IOException if a file cannot be read or written; the message names it and says what
     *     to do
     */
    void run(Arguments arguments, Console console) throws IOException;
}
