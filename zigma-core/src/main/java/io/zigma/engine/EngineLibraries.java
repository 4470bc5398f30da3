package io.zigma.engine;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The engine's native libraries on the class path, and the folder of DJL's cache that they are
 * loaded from.
 *
 * @param version of PyTorch, with its build: {@code 2.7.1-20250812}
 * @param folder where DJL searches for them
 * @param resources the libraries of PyTorch, by their file names in the folder
 * @param binding DJL's own library, likewise; empty where it is not on the class path
 */
record EngineLibraries(
        String version, Path folder, Map<String, URL> resources, Map<String, URL> binding) {

    private static final String TORCH = System.mapLibraryName("torch");
    private static final String BINDING = System.mapLibraryName("djl_torch");

    /**
     * Finds those for this system; there are none where DJL downloads them or a location is set.
     */
    static Optional<EngineLibraries> ofClassPath() throws IOException {
        Platform platform = Platform.detectPlatform("pytorch");
        if (platform.isPlaceholder()) {
            return Optional.empty();
        }
        String build =
                platform.getVersion() + '-' + platform.getFlavor() + '-' + platform.getClassifier();
        String place = "pytorch/" + platform.getFlavor() + '/' + platform.getClassifier() + '/';
        Map<String, URL> resources = found(place, List.of(platform.getLibraries()), "");
        Map<String, URL> binding =
                found(
                        "jnilib/" + platform.getClassifier() + '/' + platform.getFlavor() + '/',
                        List.of(BINDING),
                        platform.getApiVersion() + '-');
        return resources.size() == platform.getLibraries().length
                ? Optional.of(
                        new EngineLibraries(
                                platform.getVersion(),
                                Utils.getEngineCacheDir("pytorch").toAbsolutePath().resolve(build),
                                resources,
                                binding))
                : Optional.empty();
    }

    private static Map<String, URL> found(String place, List<String> names, String prefix)
            throws IOException {
        Map<String, URL> found = new LinkedHashMap<>();
        for (String name : names) {
            URL url = ClassLoaderUtils.getResource(place + name);
            if (url != null) {
                found.put(prefix + name, url);
            }
        }
        return found;
    }

    /**
     * Unpacks what is not unpacked yet, whole or not at all. Several processes may do so at once.
     *
     * @throws IOException if the folder cannot hold them
     */
    void unpack() throws IOException {
        Path parent = folder.getParent();
        if (parent == null) {
            throw new FileNotFoundException(folder + " is no place for a cache");
        }
        if (!Files.exists(folder.resolve(TORCH))) {
            Utils.deleteQuietly(folder); // without its main library it is incomplete, as in DJL
            Files.createDirectories(parent);
            requireSpace(parent, resources);
            // not one of Java's temporary folders, which other users could not read
            Path fresh = Files.createDirectory(parent.resolve("tmp" + UUID.randomUUID()));
            try {
                copy(resources, fresh);
                copy(binding, fresh);
                Utils.moveQuietly(fresh, folder);
            } finally {
                Utils.deleteQuietly(fresh);
            }
        }
        for (Map.Entry<String, URL> library : binding.entrySet()) {
            Path file = folder.resolve(library.getKey());
            if (!Files.exists(file) && !Files.exists(folder.resolve(BINDING))) {
                Path fresh = Files.createTempFile(folder, "jni", ".tmp");
                try {
                    copy(library.getValue(), fresh);
                    Utils.moveQuietly(fresh, file);
                } finally {
                    Files.deleteIfExists(fresh);
                }
            }
        }
    }

    /** Returns how many bytes the libraries are, unpacked. */
    long bytes() throws IOException {
        long sum = 0;
        for (URL url : resources.values()) {
            URLConnection connection = url.openConnection();
            sum += Math.max(0, connection.getContentLengthLong());
        }
        return sum;
    }

    private void requireSpace(Path where, Map<String, URL> libraries) throws IOException {
        long free = Files.getFileStore(where).getUsableSpace();
        long needed = bytes();
        if (!libraries.isEmpty() && free < needed) {
            throw new FileSystemException(
                    where.toString(),
                    null,
                    "only %s MB are free there".formatted(free / 1_000_000));
        }
    }

    private static void copy(Map<String, URL> libraries, Path into) throws IOException {
        for (Map.Entry<String, URL> library : libraries.entrySet()) {
            copy(library.getValue(), into.resolve(library.getKey()));
        }
    }

    private static void copy(URL library, Path file) throws IOException {
        try (InputStream stream = library.openStream()) {
            Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
