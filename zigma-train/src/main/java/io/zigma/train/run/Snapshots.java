package io.zigma.train.run;

import ai.djl.ndarray.NDArray;
import io.zigma.io.HalfPrecision;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The snapshots of a run's averages: {@code snapshots/STEP.safetensors}, of which all stay. Their
 * numbers are float16, as EDM2's, where they are not too large for it.
 */
public final class Snapshots {

    private static final Pattern FILE = Pattern.compile("(\\d{8,18})\\.safetensors");

    private final Path folder;

    /**
     * Makes the snapshots of a run.
     *
     * @param run the run's folder
     */
    public Snapshots(RunFolder run) {
        this.folder = run.snapshotsFolder();
    }

    /**
     * Writes a snapshot, whole or not at all.
     *
     * @param step steps taken
     * @param averages the arrays by name
     * @throws IOException if it cannot be written
     */
    public void write(long step, Map<String, NDArray> averages) throws IOException {
        Files.createDirectories(folder);
        SafetensorsWriter writer = new SafetensorsWriter();
        averages.forEach(
                (name, array) ->
                        writer.floats(
                                name,
                                type(array),
                                array.getShape().getShape(),
                                array::toFloatArray));
        writer.write(folder.resolve(RunFolder.stepName(step) + ".safetensors"));
    }

    private static SafetensorsType type(NDArray array) {
        for (float value : array.toFloatArray()) {
            if (!(Math.abs(value) <= HalfPrecision.LARGEST_HALF)) {
                return SafetensorsType.F32;
            }
        }
        return SafetensorsType.F16;
    }

    /**
     * Lists the snapshots.
     *
     * @return files by step; none if there is no folder
     * @throws IOException if the folder cannot be read
     */
    public SortedMap<Long, Path> files() throws IOException {
        SortedMap<Long, Path> files = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> content = Files.list(folder)) {
                for (Path file : (Iterable<Path>) content::iterator) {
                    Matcher matcher = FILE.matcher(String.valueOf(file.getFileName()));
                    if (matcher.matches()) {
                        files.put(Long.valueOf(matcher.group(1)), file);
                    }
                }
            }
        }
        return files;
    }
}
