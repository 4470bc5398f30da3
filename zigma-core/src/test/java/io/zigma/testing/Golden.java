package io.zigma.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The golden fixtures: numbers of the official code, found by kind in the folder that the system
 * property {@code golden.dir} names.
 *
 * <p>A fixture is a {@code NAME.json}, mostly with a {@code NAME.safetensors} beside it; its kind
 * is how the name begins. Where there is no such folder, the small ones among the test resources
 * take its place; where there are none at all, a stream holds one {@link Fixture} that skips the
 * test which asks it for anything, so that the reason is in the report.
 */
public final class Golden {

    private static final String PROPERTY = "golden.dir";
    private static final String DEFAULT = "../shared/golden";
    private static final String JSON = ".json";
    // the folder itself, and the sets in it
    private static final int DEPTH = 2;

    private Golden() {}

    /**
     * Returns the fixtures of one kind, for {@code @MethodSource}.
     *
     * @param kind how their names begin, up to an underscore or the end: {@code sscan}, {@code
     *     transport_path}
     * @return at least one fixture, sorted by name; the only one skips its test when there are none
     */
    public static Stream<Fixture> fixtures(String kind) {
        Optional<Path> folder = folder();
        List<Fixture> found = folder.map(path -> fixtures(path, kind)).orElse(List.of());
        if (found.isEmpty()) {
            found = bundled().map(path -> fixtures(path, kind)).orElse(List.of());
        }
        return found.isEmpty()
                ? Stream.of(
                        Fixture.missing(
                                kind,
                                folder.map(
                                                path ->
                                                        "%s holds no golden fixture of kind %s"
                                                                .formatted(path, kind))
                                        .orElseGet(
                                                () ->
                                                        "no golden fixtures: neither -D%s=%s nor %s is a folder"
                                                                .formatted(
                                                                        PROPERTY,
                                                                        System.getProperty(
                                                                                PROPERTY),
                                                                        DEFAULT))))
                : found.stream();
    }

    /** The small fixtures in the tests' resources, so that there is always something to check. */
    private static Optional<Path> bundled() {
        URL folder = Golden.class.getResource("/golden");
        if (folder == null || !folder.getProtocol().equals("file")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(folder.toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the folder of the golden fixtures.
     *
     * @return the folder, or empty where there is none
     */
    public static Optional<Path> folder() {
        return Stream.of(System.getProperty(PROPERTY, DEFAULT), DEFAULT)
                .flatMap(Golden::places)
                .filter(Files::isDirectory)
                .findFirst()
                .map(Path::normalize);
    }

    /** Returns the fixtures of a kind in a folder and its sub-folders, sorted by name. */
    static List<Fixture> fixtures(Path folder, String kind) {
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            return files.filter(file -> isOfKind(file.getFileName().toString(), kind))
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .map(Fixture::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A relative folder is searched for from the working directory and each of its parents. */
    private static Stream<Path> places(String folder) {
        Path path = Path.of(folder);
        return path.isAbsolute()
                ? Stream.of(path)
                : Stream.iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
                        .map(parent -> parent.resolve(path));
    }

    private static boolean isOfKind(String fileName, String kind) {
        return fileName.equals(kind + JSON)
                || fileName.startsWith(kind + "_") && fileName.endsWith(JSON);
    }
}
