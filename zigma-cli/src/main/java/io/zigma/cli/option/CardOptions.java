package io.zigma.cli.option;

import io.zigma.train.card.Provenance;
import io.zigma.train.data.LicenceFile;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.Option;

/**
 * The options that say where pictures come from, for the card of what is trained on them.
 *
 * @param card what the card is called
 * @param source where the pictures come from
 * @param licence theirs
 */
public record CardOptions(String card, Option source, Option licence) {

    /** Makes the options for a card of that name. */
    public static CardOptions of(String card) {
        return of(
                card,
                "LICENSES.md, LICENSE.md, LICENSE.txt or LICENSE beside the pictures, if there is one");
    }

    /** Makes the options for a card of that name, with what stands for a licence not given. */
    public static CardOptions of(String card, String ownLicence) {
        return new CardOptions(
                card,
                Flags.value(
                        null,
                        "data-source",
                        "TEXT",
                        "where the pictures come from, for the " + card),
                Flags.value(
                        null,
                        "data-licence",
                        "TEXT",
                        "their licence, for the " + card + "; default: " + ownLicence));
    }

    /** Both as a section of help. */
    public OptionSection section() {
        return OptionSection.of("For the " + card, source, licence);
    }

    /** Returns what the command line says of pictures, and itself. */
    public Provenance provenance(Arguments arguments) {
        return provenance(arguments, Optional.empty());
    }

    /** Returns what the command line says, or else what lies beside the pictures, and itself. */
    public Provenance provenance(Arguments arguments, Optional<Path> data) {
        return new Provenance(
                arguments.commandLine(),
                arguments.text(source).orElse(""),
                arguments.text(licence).or(() -> data.flatMap(LicenceFile::beside)).orElse(""));
    }
}
