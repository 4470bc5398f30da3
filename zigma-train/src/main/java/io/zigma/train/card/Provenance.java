package io.zigma.train.card;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Facts about a checkpoint that follow from nothing else; an empty text where one is not known.
 *
 * @param command the command that trains it, as one would type it; of a resumed run all of them,
 *     one a line
 * @param dataSource where the data comes from
 * @param dataLicence the data's licence
 */
public record Provenance(String command, String dataSource, String dataLicence) {

    /** Nothing known. */
    public static final Provenance UNKNOWN = new Provenance("", "", "");

    /**
     * Returns what is known of a run that starts from a model's weights: it was trained on that
     * model's data, too.
     *
     * @param origin what is known of the model
     * @return the same, with the licences of both
     */
    public Provenance startedFrom(Provenance origin) {
        if (origin.dataLicence.isEmpty() || dataLicence.equals(origin.dataLicence)) {
            return this;
        }
        return new Provenance(
                command,
                dataSource,
                (dataLicence
                                + "\n\n# The data of the model that it started from\n\n"
                                + origin.dataLicence)
                        .strip());
    }

    /**
     * Returns what is known of a run that went on.
     *
     * @param later what is known of its continuation
     * @return the commands of both; source and licence the later ones where they are known
     */
    public Provenance continuedBy(Provenance later) {
        return new Provenance(
                Stream.of(command, later.command)
                        .flatMap(String::lines)
                        .distinct()
                        .collect(Collectors.joining("\n")),
                later.dataSource.isEmpty() ? dataSource : later.dataSource,
                later.dataLicence.isEmpty() ? dataLicence : later.dataLicence);
    }
}
