package io.zigma.emoji;

import io.zigma.io.ContentHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The jar with Iconify's sets, an artifact that Maven fetches when a set of emoji is made. It is
 * too large to be a dependency (88 MB); where Maven gets it from is what the user's settings say.
 */
public final class IconJar implements AutoCloseable {

    /** The artifact that the icons are in. */
    public static final String ARTIFACT = "org.webjars.npm:iconify__json:2.2.378";

    /** Whatever else comes under that name is not drawn: the same command gives the same files. */
    private static final String SHA256 =
            "b43e77a7b30008fcca8083b12cc8d3fce19650e2aeeca1c29b0db238c77e0d75";

    private static final String COPY =
            "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

    private final Path file;
    private final Path folder;

    private IconJar(Path file, Path folder) {
        this.file = file;
        this.folder = folder;
    }

    /**
     * Has Maven fetch the jar, from the local repository if it is there.
     *
     * @return the jar, to be closed when it is not needed any more
     * @throws IOException if there is no Maven, or it cannot get the jar; the message says what to
     *     do
     */
    public static IconJar fetch() throws IOException {
        Path folder = Files.createTempDirectory("zigma-icons");
        IconJar jar = new IconJar(folder.resolve("icons.jar"), folder);
        boolean fetched = false;
        try {
            jar.copy();
            jar.requireSame();
            fetched = true;
            return jar;
        } finally {
            if (!fetched) {
                jar.close();
            }
        }
    }

    /**
     * Returns where the jar is.
     *
     * @return an existing file
     */
    public Path file() {
        return file;
    }

    private void copy() throws IOException {
        Path log = folder.resolve("maven.log");
        Process maven;
        try {
            maven =
                    new ProcessBuilder(
                                    program(),
                                    "-B",
                                    "-ntp",
                                    COPY,
                                    "-Dartifact=" + ARTIFACT,
                                    "-DoutputDirectory=" + folder,
                                    "-Dmdep.overWriteReleases=true")
                            // no project of the current folder has a say in it
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
        } catch (IOException e) {
            throw new IOException(
                    "the icons are fetched by Maven, which cannot be started (%s); install it, or download %s and name the file (--icons)"
                            .formatted(e.getMessage(), ARTIFACT),
                    e);
        }
        try {
            maven.getOutputStream().close();
            if (maven.waitFor() != 0) {
                throw new IOException(
                        "Maven cannot fetch %s: %s; correct its settings, or download the file and name it (--icons)"
                                .formatted(ARTIFACT, firstError(log)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Maven fetched the icons", e);
        } finally {
            maven.destroy();
        }
        try (Stream<Path> files = Files.list(folder)) {
            Path copied =
                    files.filter(path -> path.toString().endsWith(".jar"))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new IOException(
                                                    "Maven did not copy "
                                                            + ARTIFACT
                                                            + " anywhere"));
            Files.move(copied, file);
        }
    }

    private static String program() {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        return windows ? "mvn.cmd" : "mvn";
    }

    private static String firstError(Path log) throws IOException {
        List<String> lines;
        try {
            lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
        } catch (NoSuchFileException e) {
            return "it says nothing";
        }
        return lines.stream()
                .filter(line -> line.contains("ERROR"))
                .map(line -> line.replaceAll("\\e\\[[0-9;]*m", "").replace("[ERROR]", "").strip())
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("it gives no reason");
    }

    private void requireSame() throws IOException {
        String hash = ContentHash.ofFile(file);
        if (!hash.equals(SHA256)) {
            throw new IOException(
                    "what Maven fetched as %s is another file (SHA-256 %s instead of %s); remove it from the local repository and try again"
                            .formatted(ARTIFACT, hash, SHA256));
        }
    }

    /** Removes the copy; Maven has its own in the local repository. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
