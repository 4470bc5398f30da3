package io.zigma.train;

/**
 * What people will want to know of a checkpoint that nothing else says; an empty text where it is
 * not known.
 *
 * @param command the command that trains it, as one would type it
 * @param dataSource where the data comes from
 * @param dataLicence the data's licence
 */
public record Provenance(String command, String dataSource, String dataLicence) {

    /** Nothing known. */
    public static final Provenance UNKNOWN = new Provenance("", "", "");
}
