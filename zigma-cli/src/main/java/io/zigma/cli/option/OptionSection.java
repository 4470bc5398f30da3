package io.zigma.cli.option;

import java.util.List;
import org.apache.commons.cli.Option;

/**
 * Options that belong together in a command's help.
 *
 * @param title what they are for
 * @param options in the order they are shown
 */
public record OptionSection(String title, List<Option> options) {

    /** Makes a section of options. */
    public static OptionSection of(String title, Option... options) {
        return new OptionSection(title, List.of(options));
    }
}
