package io.zigma.zoo;

import io.zigma.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints among the artifacts {@code io.zigma:zigma-model-NAME} that are on the class path.
 *
 * <p>Every such artifact has its checkpoint in {@code io/zigma/models/NAME} and its name in {@code
 * META-INF/zigma/models.txt}. A fat jar may contain one file of that name where several artifacts
 * were packed together, and jars may lack entries for their folders or be nested in ways in which
 * they cannot be listed; so the names are those of all index files and of all folders that can be
 * listed.
 */
final class ShippedModels {

    private static final String ROOT = "io/zigma/models/";
    private static final String INDEX = "META-INF/zigma/models.txt";

    /** What an index may name. */
    private static final Pattern NAME = Pattern.compile("[\\w][\\w.-]*");

    private ShippedModels() {}

    /** Returns the models that this library's class loader or the thread's context has, by name. */
    static Map<String, CheckpointSource> byName() {
        Map<String, CheckpointSource> models = new TreeMap<>();
        Stream.of(
                        ShippedModels.class.getClassLoader(),
                        Thread.currentThread().getContextClassLoader())
                .filter(Objects::nonNull)
                .distinct()
                .forEach(loader -> in(loader).forEach(models::putIfAbsent));
        return Collections.unmodifiableMap(models);
    }

    /**
     * Returns the models that a class loader has.
     *
     * @return them by name
     */
    static Map<String, CheckpointSource> in(ClassLoader loader) {
        Set<String> names = new TreeSet<>();
        try {
            for (URL index : found(loader, INDEX)) {
                names.addAll(lines(index));
            }
            for (URL folder : found(loader, ROOT)) {
                try {
                    names.addAll(folders(folder));
                } catch (IOException e) {
                    LoggerFactory.getLogger(ShippedModels.class).debug("no list of {}", folder, e);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, CheckpointSource> models = new TreeMap<>();
        for (String name : names) {
            if (NAME.matcher(name).matches()
                    && loader.getResource(ROOT + name + "/" + CheckpointFolder.CONFIG) != null) {
                models.put(name, new ResourceCheckpoint(loader, ROOT + name, name));
            }
        }
        return models;
    }

    private static Collection<URL> found(ClassLoader loader, String name) throws IOException {
        // by their spelling: URLs compare by the addresses of their hosts
        Map<String, URL> urls = new TreeMap<>();
        for (URL url : Collections.list(loader.getResources(name))) {
            urls.put(url.toExternalForm(), url);
        }
        return urls.values();
    }

    private static List<String> lines(URL index) throws IOException {
        URLConnection connection = index.openConnection();
        // an open jar could not be replaced on Windows
        connection.setUseCaches(false);
        try (InputStream stream = connection.getInputStream()) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    /** The names of the folders in a folder, where it can be listed. */
    private static Set<String> folders(URL root) throws IOException {
        Path folder = onDisk(root);
        if (folder != null) {
            Set<String> names = new LinkedHashSet<>();
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(Files::isDirectory)
                        .forEach(file -> names.add(String.valueOf(file.getFileName())));
            }
            return names;
        }
        URLConnection connection = root.openConnection();
        if (!(connection instanceof JarURLConnection jar)) {
            return Set.of();
        }
        connection.setUseCaches(false);
        try (JarFile file = jar.getJarFile()) {
            String prefix = jar.getEntryName();
            Set<String> names = new LinkedHashSet<>();
            file.stream()
                    .map(entry -> entry.getName())
                    .filter(entry -> entry.startsWith(prefix))
                    .map(entry -> entry.substring(prefix.length()))
                    .filter(entry -> entry.indexOf('/') > 0)
                    .forEach(entry -> names.add(entry.substring(0, entry.indexOf('/'))));
            return names;
        }
    }

    private static @Nullable Path onDisk(URL root) {
        try {
            URI uri = root.toURI();
            return "file".equals(uri.getScheme()) ? Path.of(uri) : null;
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }
}
