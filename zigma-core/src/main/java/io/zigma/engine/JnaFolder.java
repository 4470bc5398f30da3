package io.zigma.engine;

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The folder where JNA, with which DJL searches for GPUs, unpacks its own library.
 *
 * <p>Without a folder DJL finds no GPU, and JNA prints a stack trace to standard error. JNA
 * searches for one in the cache of the user's home, even if that is {@code ?}, and among the
 * temporary files, neither of which a read-only container has.
 */
final class JnaFolder {

    private static final String PROPERTY = "jna.tmpdir";

    /** A strong reference, because unreferenced loggers are collected with their levels. */
    private static final Logger LOGGER = Logger.getLogger("com.sun.jna.Native");

    private JnaFolder() {}

    /** Gives JNA DJL's cache folder where it would find none, and disables its log without any. */
    static void choose() {
        boolean home = !System.getProperty("user.home", "?").equals("?");
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        if (System.getProperty(PROPERTY) != null || home && Files.isWritable(temporary)) {
            return;
        }
        Path folder = Utils.getCacheDir().toAbsolutePath().resolve("jna");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            LOGGER.setLevel(Level.OFF);
            return;
        }
        if (Files.isWritable(folder)) {
            System.setProperty(PROPERTY, folder.toString());
        } else {
            LOGGER.setLevel(Level.OFF);
        }
    }
}
