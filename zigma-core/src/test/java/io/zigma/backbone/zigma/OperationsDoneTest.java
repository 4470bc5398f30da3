package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.op.ReferencePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Counts against what the engine's profiler sees of a forward pass. */
class OperationsDoneTest {

    @TempDir Path folder;

    static Stream<ZigMaConfig> models() {
        return Stream.of(
                TinyModels.UNCONDITIONAL,
                TinyModels.CONDITIONAL,
                TinyModels.BY_TEXT,
                TinyModels.VIDEO);
    }

    @ParameterizedTest
    @MethodSource("models")
    void theEngineMultipliesAsManyMatrixElementsAsAreCounted(ZigMaConfig config)
            throws IOException {
        OperationCount counted = new ZigMa(config).operations();

        assertThat(done(config)).isEqualTo(counted.matrixProducts());
    }

    /** Runs a model once and adds up its products of two matrices. */
    private long done(ZigMaConfig config) throws IOException {
        Path trace = folder.resolve("trace.json");
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = new ZigMa(config);
            model.initialize(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = manager.ones(new Shape(1).addAll(config.sample().shape()));
            NDArray t = manager.ones(new Shape(1));
            Condition condition = condition(config, manager);
            JniUtils.startProfile(false, true, false);
            try {
                ReferencePath.run(() -> model.forward(pass, x, t, condition));
            } finally {
                JniUtils.stopProfile(trace.toString());
            }
        }
        long sum = 0;
        for (JsonElement event : JsonParser.parseString(Files.readString(trace)).getAsJsonArray()) {
            sum += products(event.getAsJsonObject());
        }
        return sum;
    }

    private static long products(JsonObject event) {
        return switch (event.get("name").getAsString()) {
            case "aten::mm" -> products(event.getAsJsonArray("shape"), 0);
            case "aten::addmm" -> products(event.getAsJsonArray("shape"), 1); // behind the bias
            default -> 0;
        };
    }

    /** Products of (m, k) with the (k, n) behind it. */
    private static long products(JsonArray shapes, int first) {
        JsonArray left = shapes.get(first).getAsJsonArray();
        JsonArray right = shapes.get(first + 1).getAsJsonArray();
        return left.get(0).getAsLong() * left.get(1).getAsLong() * right.get(1).getAsLong();
    }

    private static Condition condition(ZigMaConfig config, NDManager manager) {
        Conditioning conditioning = config.conditioning();
        if (conditioning.contextSize() > 0) {
            return Condition.ofContext(
                    manager.ones(
                            new Shape(
                                    1, conditioning.contextTokens(), conditioning.contextSize())));
        }
        return conditioning.classes() > 0
                ? Condition.ofLabels(manager.create(new long[] {1}))
                : Condition.NONE;
    }
}
