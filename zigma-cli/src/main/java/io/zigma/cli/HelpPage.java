package io.zigma.cli;

import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.text.WordUtils;

/** Help as text: what all commands are for, or all that one command takes. */
public final class HelpPage {

    private static final int WIDTH = 96;
    private static final int INDENT = 2;
    private static final int WIDEST_NAME = 30;

    private HelpPage() {}

    /** Returns the page that lists the commands. */
    static String of(Collection<Command> commands) {
        List<String> lines = new ArrayList<>();
        lines.add("Makes pictures with Zigzag Mamba diffusion models, and trains such models.");
        lines.add("");
        lines.add("Usage: zigma COMMAND [options]");
        lines.add("");
        lines.add("Commands:");
        int widest = commands.stream().mapToInt(command -> command.name().length()).max().orElse(0);
        for (Command command : commands) {
            String gap = " ".repeat(widest - command.name().length() + 2);
            lines.add("  " + command.name() + gap + command.purpose());
        }
        lines.add("");
        lines.add(
                "zigma help COMMAND lists a command's options; zigma help backbones, mixers, processes,");
        lines.add(
                "times and samplers what can be named there; zigma --version says which this is.");
        lines.add("");
        lines.add("Examples:");
        commands.forEach(
                command ->
                        command.examples().stream()
                                .limit(1)
                                .forEach(example -> lines.add("  zigma " + example)));
        return String.join(System.lineSeparator(), lines);
    }

    /** Returns the page of one command. */
    static String of(Command command) {
        return of(command, "zigma");
    }

    /**
     * Returns the page of a command of a program that is built on this one.
     *
     * @param command the command
     * @param program how the program is called
     * @return its purpose, options and examples
     */
    public static String of(Command command, String program) {
        List<String> lines = new ArrayList<>();
        lines.add(command.purpose());
        lines.add("");
        lines.add(
                "Usage: %s %s %s [options]"
                        .formatted(program, command.name(), command.synopsis())
                        .replaceAll(" +", " "));
        List<OptionSection> sections = new ArrayList<>(command.sections());
        sections.add(Flags.COMMON);
        int column =
                INDENT
                        + 2
                        + sections.stream()
                                .flatMap(section -> section.options().stream())
                                .mapToInt(option -> name(option).length())
                                .filter(length -> length <= WIDEST_NAME)
                                .max()
                                .orElse(0);
        for (OptionSection section : sections) {
            lines.add("");
            lines.add(section.title() + ":");
            section.options().forEach(option -> addOption(option, column, lines));
        }
        lines.add("");
        lines.add("Examples:");
        command.examples().forEach(example -> lines.add("  %s %s".formatted(program, example)));
        return String.join(System.lineSeparator(), lines);
    }

    private static void addOption(Option option, int column, List<String> lines) {
        String name = " ".repeat(INDENT) + name(option);
        List<String> meaning =
                WordUtils.wrap(option.getDescription(), WIDTH - column, "\n", false)
                        .lines()
                        .toList();
        if (name.length() + 2 > column) {
            lines.add(name);
            name = "";
        }
        for (String line : meaning) {
            lines.add(name + " ".repeat(column - name.length()) + line);
            name = "";
        }
    }

    private static String name(Option option) {
        String letter = option.getOpt() == null ? "    " : "-" + option.getOpt() + ", ";
        String value = option.hasArg() ? " " + option.getArgName() : "";
        return letter + "--" + option.getLongOpt() + value;
    }
}
