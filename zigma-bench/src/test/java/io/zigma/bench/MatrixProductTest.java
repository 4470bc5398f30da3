package io.zigma.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.GradientMode;
import io.zigma.condition.Condition;
import io.zigma.nn.Pass;
import io.zigma.op.ReferencePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatrixProductTest {

    private static final int BATCH = 3;

    static List<ZigMaConfig> models() {
        return List.of(
                TinyModels.CONDITIONAL,
                TinyModels.UNCONDITIONAL,
                mixing("vmamba"),
                mixing("ccvim:directions=h+c2,windows=1"),
                mixing("local-clusters:windows=1"));
    }

    private static ZigMaConfig mixing(String mixer) {
        ZigMaConfig model = TinyModels.UNCONDITIONAL;
        return model.kind()
                .change(model, model.signature(), Map.of("mixer", mixer, "hidden-size", "32"));
    }

    /** The engine itself is asked which products a prediction came to. */
    @ParameterizedTest
    @MethodSource("models")
    void theListIsWhatTheReferenceForwardMultiplies(ZigMaConfig config, @TempDir Path folder)
            throws IOException {
        Path trace = folder.resolve("trace.json");
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = new ZigMa(config);
            model.initialize(manager);
            NDArray x =
                    manager.randomNormal(
                            new Shape(
                                    BATCH,
                                    config.sample().channels(),
                                    config.sample().height(),
                                    config.sample().width()));
            NDArray t = manager.ones(new Shape(BATCH));
            Condition condition =
                    config.conditioning().labelRows() == 0
                            ? Condition.NONE
                            : Condition.ofLabels(manager.zeros(new Shape(BATCH), DataType.INT64));
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            JniUtils.startProfile(false, true, false);
            GradientMode.on(() -> ReferencePath.run(() -> model.forward(pass, x, t, condition)));
            JniUtils.stopProfile(trace.toString());

            Map<String, Long> expected = new TreeMap<>();
            MatrixProduct.of(model, BATCH)
                    .forEach(
                            product ->
                                    add(
                                            expected,
                                            product.size().rows(),
                                            product.size().inputs(),
                                            product.size().outputs()));
            assertThat(observed(trace)).isEqualTo(expected);
        }
    }

    /**
     * The columns of all products with the same left side's size: a product may be done in parts.
     */
    private static void add(Map<String, Long> products, long rows, long inputs, long outputs) {
        products.merge("(%s, %s) times".formatted(rows, inputs), outputs, Long::sum);
    }

    private static Map<String, Long> observed(Path trace) throws IOException {
        Map<String, Long> products = new TreeMap<>();
        for (JsonElement element :
                JsonParser.parseString(Files.readString(trace)).getAsJsonArray()) {
            JsonObject event = element.getAsJsonObject();
            String name = event.get("name").getAsString();
            JsonArray shapes = event.getAsJsonArray("shape");
            // with a bias, which comes first, and without
            int left = name.equals("aten::addmm") ? 1 : name.equals("aten::mm") ? 0 : -1;
            if (left >= 0) {
                long[] x = shape(shapes.get(left)); // (rows, in)
                long[] matrix = shape(shapes.get(left + 1)); // (in, out)
                add(products, x[0], x[1], matrix[1]);
            }
        }
        return products;
    }

    private static long[] shape(JsonElement sizes) {
        return StreamSupport.stream(sizes.getAsJsonArray().spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray();
    }

    @Test
    void operationsCountMultiplicationsAndAdditions() {
        assertThat(new MatrixProduct.Size(2, 3, 5).operations()).isEqualTo(60);
    }
}
