package io.zigma.text.minilm;

import io.zigma.io.CheckpointException;
import io.zigma.text.TextWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a transformer that PyTorch exported to ONNX, in float32 or quantised to 8 bits by
 * ONNX Runtime, under their PyTorch names.
 *
 * <p>Tables, norms and biases keep their names. The matrix of a dense layer loses its own and is
 * stored transposed, (in, out); its name is that of the product that takes it, {@code
 * /encoder/layer.0/output/dense/MatMul}. A quantised tensor {@code X} is there as {@code
 * X_quantized}, {@code X_scale} and {@code X_zero_point}, and means (q − zero) · scale, with one
 * scale for all or one a column (ONNX, operator DequantizeLinear).
 */
final class OnnxWeights implements TextWeights {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_NAME = 3;
    private static final String QUANTISED = "_quantized";
    private static final String SCALE = "_scale";
    private static final String ZERO = "_zero_point";
    private static final String PRODUCT = "/MatMul";
    private static final String QUANTISED_PRODUCT = "/MatMul_quant";

    private final String file;
    private final Map<String, OnnxTensor> tensors; // as the file names them
    private final Map<String, Place> places = new LinkedHashMap<>(); // as PyTorch names them

    /**
     * Where a weight is.
     *
     * @param tensor its name in the file, without what marks a quantised one
     * @param transposed whether it is stored (in, out)
     */
    private record Place(String tensor, boolean transposed) {}

    private OnnxWeights(
            String file, Map<String, OnnxTensor> tensors, Map<String, String> products) {
        this.file = file;
        this.tensors = tensors;
        for (String name : tensors.keySet()) {
            String base = name.endsWith(QUANTISED) ? cut(name, QUANTISED) : name;
            boolean part =
                    name.endsWith(SCALE) && tensors.containsKey(cut(name, SCALE) + QUANTISED)
                            || name.endsWith(ZERO)
                                    && tensors.containsKey(cut(name, ZERO) + QUANTISED);
            if (!part && !products.containsValue(base)) {
                places.put(base, new Place(base, false));
            }
        }
        products.forEach((name, tensor) -> places.put(name, new Place(tensor, true)));
    }

    private static String cut(String name, String ending) {
        return name.substring(0, name.length() - ending.length());
    }

    /**
     * Reads the structure of a file.
     *
     * @param file where it comes from, for refusals
     * @param content its bytes
     * @return its weights, which are widened when they are asked for
     * @throws CheckpointException if it is damaged
     */
    static OnnxWeights of(String file, byte[] content) throws CheckpointException {
        Protobuf model = new Protobuf(file, ByteBuffer.wrap(content));
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        while (model.next()) {
            if (model.field() == MODEL_GRAPH) {
                readGraph(model.message(), tensors, inputs);
            } else {
                model.skip();
            }
        }
        if (tensors.isEmpty()) {
            throw new CheckpointException("%s holds no weights; get it again".formatted(file));
        }
        return new OnnxWeights(file, tensors, products(inputs, tensors));
    }

    private static void readGraph(
            Protobuf graph, Map<String, OnnxTensor> tensors, Map<String, List<String>> inputs)
            throws CheckpointException {
        while (graph.next()) {
            switch (graph.field()) {
                case GRAPH_NODE -> readNode(graph.message(), inputs);
                case GRAPH_INITIALIZER -> {
                    OnnxTensor tensor = OnnxTensor.read(graph.message());
                    tensors.put(tensor.name(), tensor);
                }
                default -> graph.skip();
            }
        }
    }

    private static void readNode(Protobuf node, Map<String, List<String>> inputs)
            throws CheckpointException {
        String name = "";
        List<String> taken = new ArrayList<>();
        while (node.next()) {
            switch (node.field()) {
                case NODE_INPUT -> taken.add(node.text());
                case NODE_NAME -> name = node.text();
                default -> node.skip();
            }
        }
        inputs.put(name, taken);
    }

    /** The tensor that each product takes as its matrix, by the matrix's name in PyTorch. */
    private static Map<String, String> products(
            Map<String, List<String>> inputs, Map<String, OnnxTensor> tensors) {
        Map<String, String> products = new LinkedHashMap<>();
        inputs.forEach(
                (node, taken) -> {
                    String layer = layer(node);
                    if (layer == null || taken.size() < 2) {
                        return;
                    }
                    String matrix = taken.get(1);
                    OnnxTensor tensor = tensors.get(matrix);
                    if (tensor != null && tensor.sides().size() == 2) {
                        products.put(
                                layer + ".weight",
                                matrix.endsWith(QUANTISED) ? cut(matrix, QUANTISED) : matrix);
                    }
                });
        return products;
    }

    private static @Nullable String layer(String node) {
        for (String ending : List.of(PRODUCT, QUANTISED_PRODUCT)) {
            if (node.startsWith("/") && node.endsWith(ending)) {
                return cut(node, ending).substring(1).replace('/', '.');
            }
        }
        return null;
    }

    @Override
    public String place() {
        return file;
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        places.forEach((name, place) -> shapes.put(name, shape(place)));
        return shapes;
    }

    private long[] shape(Place place) {
        OnnxTensor tensor = tensors.get(place.tensor());
        if (tensor == null) {
            tensor = tensors.get(place.tensor() + QUANTISED);
        }
        List<Long> sides = tensor == null ? List.of() : tensor.sides();
        return place.transposed() && sides.size() == 2
                ? new long[] {sides.get(1), sides.get(0)}
                : sides.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public float[] values(String name) throws IOException {
        Place place = places.get(name);
        if (place == null) {
            throw new CheckpointException("%s holds no tensor %s".formatted(file, name));
        }
        float[] values =
                tensors.containsKey(place.tensor())
                        ? tensor(place.tensor()).values()
                        : widened(place.tensor());
        long[] sides = shape(place);
        return place.transposed() ? transposed(values, (int) sides[0], (int) sides[1]) : values;
    }

    private OnnxTensor tensor(String name) throws CheckpointException {
        OnnxTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException("%s holds no tensor %s".formatted(file, name));
        }
        return tensor;
    }

    private float[] widened(String name) throws CheckpointException {
        float[] values = tensor(name + QUANTISED).values();
        float[] scales = tensor(name + SCALE).values();
        float[] zeros = tensor(name + ZERO).values();
        if (scales.length == 0
                || scales.length != zeros.length
                || values.length % scales.length != 0) {
            throw new CheckpointException(
                    "%s: the scales of tensor %s do not fit it".formatted(file, name));
        }
        for (int i = 0; i < values.length; i++) {
            int column = i % scales.length; // the last axis varies fastest
            values[i] = (values[i] - zeros[column]) * scales[column];
        }
        return values;
    }

    /** From (in, out) to (out, in). */
    private static float[] transposed(float[] values, int outputs, int inputs) {
        float[] turned = new float[values.length];
        for (int in = 0; in < inputs; in++) {
            for (int out = 0; out < outputs; out++) {
                turned[out * inputs + in] = values[in * outputs + out];
            }
        }
        return turned;
    }

    @Override
    public void close() {}
}
