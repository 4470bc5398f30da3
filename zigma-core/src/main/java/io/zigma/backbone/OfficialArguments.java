package io.zigma.backbone;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments that an official training program was started with, as its checkpoints carry them:
 * a tree whose values have dotted names, such as {@code model.params.depth}. What Python calls None
 * counts as absent.
 */
public interface OfficialArguments {

    /**
     * Returns what a part of the tree holds.
     *
     * @param name dotted name of the part
     * @return names of its values and parts; empty if there is no such part
     * @throws IOException if one of them is no text
     */
    Optional<Set<String>> names(String name) throws IOException;

    /**
     * Returns a text.
     *
     * @param name dotted name
     * @return the text; empty if there is none of that name
     * @throws IOException if it cannot be read
     */
    Optional<String> text(String name) throws IOException;

    /**
     * Returns a whole number.
     *
     * @param name dotted name
     * @return the number; empty if there is none of that name
     * @throws IOException if it is something else
     */
    Optional<Integer> integer(String name) throws IOException;

    /**
     * Returns a number.
     *
     * @param name dotted name
     * @return the number; empty if there is none of that name
     * @throws IOException if it is something else
     */
    Optional<Double> number(String name) throws IOException;

    /**
     * Returns whether something is on.
     *
     * @param name dotted name
     * @param fallback the value if there is nothing of that name
     * @return true if it is
     * @throws IOException if it is neither true nor false
     */
    boolean flag(String name, boolean fallback) throws IOException;

    /**
     * Makes a refusal that names the file.
     *
     * @param reason what is wrong, in a line
     * @return to be thrown
     */
    IOException refusal(String reason);
}
