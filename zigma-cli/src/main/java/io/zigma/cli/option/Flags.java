package io.zigma.cli.option;

import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/** How this program's options are made, and those that every command knows. */
public final class Flags {

    /** Shows a command's help; checked before anything else. */
    static final Option HELP = flag("h", "help", "show this help");

    /** Adds the stack trace to a failure's line. */
    public static final Option DEBUG =
            flag(
                    null,
                    "debug",
                    "add the stack trace to a failure; generate says where its time went");

    /** The options that every command ends its help with. */
    public static final OptionSection COMMON = OptionSection.of("Help", HELP, DEBUG);

    private Flags() {}

    /**
     * Makes an option that takes a value.
     *
     * @param letter for the short spelling; null for none
     * @param name for the long spelling, without hyphens
     * @param value what the value is called in help, upper case
     * @param meaning for help: what it does, and its default
     * @return the option
     */
    public static Option value(@Nullable String letter, String name, String value, String meaning) {
        return Option.builder(letter).longOpt(name).hasArg().argName(value).desc(meaning).get();
    }

    /**
     * Makes an option with a value that may be given several times: {@link Arguments#texts} returns
     * them all.
     *
     * @param letter for the short spelling; null for none
     * @param name for the long spelling, without hyphens
     * @param value what each value is called in help, upper case
     * @param meaning for help: what it does, and its default
     * @return the option
     */
    public static Option values(
            @Nullable String letter, String name, String value, String meaning) {
        return value(letter, name, value, meaning);
    }

    /**
     * Makes an option that is there or not.
     *
     * @param letter for the short spelling; null for none
     * @param name for the long spelling, without hyphens
     * @param meaning for help: what it does
     * @return the option
     */
    public static Option flag(@Nullable String letter, String name, String meaning) {
        return Option.builder(letter).longOpt(name).desc(meaning).get();
    }
}
