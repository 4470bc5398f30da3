package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The safetensors files of a folder: {@code model.safetensors}, or all there are. */
final class WeightFiles implements TextWeights {

    private static final String ONE = "model.safetensors";

    private final Path folder;
    private final List<SafetensorsFile> files;
    private final Map<String, SafetensorsFile> places = new LinkedHashMap<>();

    private WeightFiles(Path folder, List<SafetensorsFile> files) throws CheckpointException {
        this.folder = folder;
        this.files = files;
        for (SafetensorsFile file : files) {
            for (String name : file.names()) {
                SafetensorsFile other = places.put(name, file);
                if (other != null) {
                    throw new CheckpointException(
                            "%s and %s both hold tensor %s; leave the files of one model in the folder"
                                    .formatted(other.path(), file.path(), name));
                }
            }
        }
    }

    /**
     * Opens the files of a folder.
     *
     * @param folder the folder
     * @return the open files
     * @throws IOException if there is none, or one is damaged
     */
    static WeightFiles open(Path folder) throws IOException {
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            for (Path path : paths(folder)) {
                files.add(SafetensorsFile.open(path));
            }
            return new WeightFiles(folder, files);
        } catch (IOException | RuntimeException | Error e) {
            for (SafetensorsFile file : files) {
                file.close();
            }
            throw e;
        }
    }

    private static List<Path> paths(Path folder) throws IOException {
        Path one = folder.resolve(ONE);
        if (Files.isRegularFile(one)) {
            return List.of(one);
        }
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder, "*.safetensors")) {
            content.forEach(paths::add);
        }
        if (paths.isEmpty()) {
            throw new CheckpointException(
                    "%s is no text encoder: it lacks %s".formatted(folder, ONE));
        }
        paths.sort(null);
        return paths;
    }

    /** Returns the files, in the order of their names. */
    List<Path> files() {
        return files.stream().map(SafetensorsFile::path).toList();
    }

    @Override
    public String place() {
        return folder.toString();
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        places.forEach((name, file) -> shapes.put(name, file.tensors().get(name).sides()));
        return shapes;
    }

    @Override
    public float[] values(String name) throws IOException {
        SafetensorsFile file = places.get(name);
        if (file == null) {
            throw new CheckpointException("%s holds no tensor %s".formatted(folder, name));
        }
        return file.floats(name);
    }

    @Override
    public void close() throws IOException {
        for (SafetensorsFile file : files) {
            file.close();
        }
    }
}
