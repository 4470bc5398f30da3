package io.zigma.cli.option;

import io.zigma.cli.terminal.Console;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One word behind {@code zigma}: what it is for, what it takes, what it does. */
public interface Command {

    /**
     * Returns the word itself.
     *
     * @return lower case letters and hyphens
     */
    String name();

    /**
     * Returns what the command is for.
     *
     * @return one line that starts with a verb and ends with a full stop
     */
    String purpose();

    /**
     * Returns the options that must be given.
     *
     * @return as the usage line shows them
     */
    String synopsis();

    /**
     * Returns what the one word means that needs no option.
     *
     * @return for messages; empty where every value needs an option
     */
    default Optional<String> operand() {
        return Optional.empty();
    }

    /**
     * Returns all options of its own.
     *
     * @return by how often they are needed; {@link Flags#COMMON} is added to them
     */
    List<OptionSection> sections();

    /**
     * Returns command lines that work.
     *
     * @return without the program's name
     */
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
