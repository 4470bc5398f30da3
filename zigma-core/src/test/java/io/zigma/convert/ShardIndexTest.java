package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model in several safetensors files that an index joins. */
class ShardIndexTest {

    private static final ZigMaConfig SHAPE = TinyModels.CONDITIONAL;
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void theFilesTogetherAreTheModel(int count) throws IOException {
        Path index = write(count, "module._orig_mod.");
        for (Path named : List.of(index, folder)) {
            try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(named);
                    NDManager manager = NDManager.newBaseManager()) {
                Map<String, NDArray> found =
                        checkpoint.weights(Optional.empty(), SHAPE).read(manager);
                TinyCheckpoints.model(SHAPE, 3, manager)
                        .namedParameters()
                        .forEach(
                                (name, parameter) ->
                                        assertThat(found.get(name).toFloatArray())
                                                .as(name)
                                                .isEqualTo(parameter.getArray().toFloatArray()));
            }
        }
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Path index = write(2, "");
        Files.delete(folder.resolve(shard(1, 2)));
        assertRefused(index, shard(1, 2), "no such file");
    }

    @Test
    void aFileOfAnotherModelIsNamed() throws IOException {
        Path index = write(2, "");
        new SafetensorsWriter()
                .floats("stranger", new long[] {1}, new float[1])
                .write(folder.resolve(shard(1, 2)));
        assertRefused(index, shard(1, 2), "'stranger'", "download all files of the model again");
    }

    @Test
    void aTensorThatIsMissingFromItsFileIsNamed() throws IOException {
        Path index = write(2, "");
        new SafetensorsWriter().write(folder.resolve(shard(1, 2)));
        assertRefused(index, "lacks tensor", "download all files of the model again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.safetensors", "/etc/x", "a/b", "..", "c:x", "a\\b"})
    void anIndexCannotNameFilesElsewhere(String file) throws IOException {
        JsonObject map = new JsonObject();
        map.addProperty("w", file);
        JsonObject json = new JsonObject();
        json.add("weight_map", map);
        Path index = Files.writeString(folder.resolve(INDEX), json.toString());
        assertRefused(index, "'w'", "which is not beside it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"weight_map\": {}}", "{\"weight_map\": 3}", "{", ""})
    void whatIsNoIndexIsRefused(String json) throws IOException {
        assertRefused(Files.writeString(folder.resolve(INDEX), json), INDEX);
    }

    @Test
    void oneFileOfSeveralByItselfPointsToTheIndex() throws IOException {
        Path index = write(2, "");
        assertRefused(folder.resolve(shard(1, 2)), "one file of several", index.toString());
    }

    @Test
    void aFolderWithoutAnIndexIsRefused() {
        assertRefused(folder, "name the file with the weights");
    }

    private static void assertRefused(Path file, String... words) {
        assertThatThrownBy(() -> ForeignCheckpoint.open(file).close())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("\n");
    }

    private static String shard(int number, int count) {
        return String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", number, count);
    }

    private Path write(int count, String prefix) throws IOException {
        JsonObject map = new JsonObject();
        List<SafetensorsWriter> writers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writers.add(new SafetensorsWriter());
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            TinyCheckpoints.model(SHAPE, 3, manager)
                    .namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                int which = map.size() % count;
                                map.addProperty(prefix + name, shard(which + 1, count));
                                writers.get(which)
                                        .floats(
                                                prefix + name,
                                                parameter.getArray().getShape().getShape(),
                                                parameter.getArray().toFloatArray());
                            });
        }
        for (int i = 0; i < count; i++) {
            writers.get(i).write(folder.resolve(shard(i + 1, count)));
        }
        JsonObject json = new JsonObject();
        json.add("weight_map", map);
        return Files.writeString(folder.resolve(INDEX), json.toString());
    }
}
