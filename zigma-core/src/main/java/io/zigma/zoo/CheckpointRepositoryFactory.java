package io.zigma.zoo;

import ai.djl.repository.LocalRepository;
import ai.djl.repository.Metadata;
import ai.djl.repository.Repository;
import ai.djl.repository.RepositoryFactory;
import ai.djl.repository.SimpleRepository;
import ai.djl.util.JsonUtils;
import ai.djl.util.Utils;
import com.google.gson.JsonParseException;
import io.zigma.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lets {@code Criteria} load checkpoints by path or URL with nothing said beside the types:
 * folders, and zip and jar files that hold checkpoints, by {@code file:}; folders and archives on
 * the class path by {@code jar:///}.
 *
 * <p>DJL finds it through its service file. It takes the place of DJL's own factories for the two
 * schemes, since DJL uses one factory a scheme, and gives what is not a checkpoint to DJL's
 * repositories as those factories do.
 */
public final class CheckpointRepositoryFactory implements RepositoryFactory {

    /** Creates the factory; DJL does. */
    public CheckpointRepositoryFactory() {}

    @Override
    public Set<String> getSupportedScheme() {
        return Set.of("file", "jar");
    }

    /**
     * Opens a repository.
     *
     * @param name its name in DJL's messages
     * @param uri a {@code file:} URL or a path, or {@code jar:///} and a resource's path
     * @return the checkpoints that are there, or whatever DJL sees there
     * @throws IllegalArgumentException if the class path has no such resource
     */
    @Override
    public Repository newInstance(String name, URI uri) {
        return "jar".equals(uri.getScheme())
                ? onClassPath(name, uri)
                : onDisk(name, uri, path(uri));
    }

    private static Repository onDisk(String name, URI uri, Path path) {
        Path folder = Utils.getNestedModelDir(path);
        if (CheckpointFolder.isIn(folder)) {
            String model = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
            return new CheckpointRepository(name, uri, Map.of(model, new FolderCheckpoint(folder)));
        }
        Map<String, CheckpointSource> packed = ArchiveCheckpoint.in(path);
        if (!packed.isEmpty()) {
            return new CheckpointRepository(name, uri, packed);
        }
        return holdsMetadata(path) ? new Listed(name, path) : new Plain(name, uri, path);
    }

    private static Repository onClassPath(String name, URI uri) {
        String path = uri.getPath().replaceAll("^/|/$", "");
        String model = path.substring(path.lastIndexOf('/') + 1);
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader =
                context == null || !holds(context, path)
                        ? CheckpointRepositoryFactory.class.getClassLoader()
                        : context;
        try {
            URL config = loader.getResource(path + "/" + CheckpointFolder.CONFIG);
            if (config != null && describes(config)) {
                return new CheckpointRepository(
                        name, uri, Map.of(model, new ResourceCheckpoint(loader, path, model)));
            }
            URL resource = loader.getResource(path);
            if (resource == null) {
                throw new IllegalArgumentException("Resource not found: " + uri);
            }
            return onDisk(name, uri, ContentCache.ofDjl().file(resource, model));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not every folder in a jar is an entry of its own. */
    private static boolean holds(ClassLoader loader, String path) {
        return loader.getResource(path) != null
                || loader.getResource(path + "/" + CheckpointFolder.CONFIG) != null;
    }

    private static boolean describes(URL config) throws IOException {
        try (InputStream stream = config.openStream()) {
            return CheckpointFolder.isDescription(
                    new String(PackedCheckpoint.description(stream), StandardCharsets.UTF_8));
        }
    }

    private static Path path(URI uri) {
        String path = uri.getPath() == null ? uri.getSchemeSpecificPart() : uri.getPath();
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("win");
        // there /C:/models is C:/models
        return Path.of(windows && path.startsWith("/") ? path.substring(1) : path);
    }

    /** A folder is a repository of DJL's kind if a folder in it holds a valid metadata.json. */
    private static boolean holdsMetadata(Path root) {
        if (!Files.isDirectory(root)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.endsWith("metadata.json"))
                    .filter(file -> !root.equals(file.getParent()))
                    .anyMatch(CheckpointRepositoryFactory::isMetadata);
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isMetadata(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            Metadata metadata = JsonUtils.GSON.fromJson(reader, Metadata.class);
            return metadata != null
                    && metadata.getMetadataVersion() != null
                    && metadata.getArtifacts() != null;
        } catch (IOException | JsonParseException e) {
            return false;
        }
    }

    /** DJL's repository of folders with metadata, whose constructor only its children reach. */
    private static final class Listed extends LocalRepository {
        Listed(String name, Path path) {
            super(name, path.toUri(), path);
        }
    }

    /** DJL's repository of one model, whose constructor only its children reach. */
    private static final class Plain extends SimpleRepository {
        Plain(String name, URI uri, Path path) {
            super(name, uri, path);
        }
    }
}
