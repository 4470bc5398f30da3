package io.zigma.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

import com.google.gson.JsonObject;

import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.BackboneOption;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.Dense;
import io.zigma.nn.InitialValues;
import io.zigma.nn.LabelEmbedding;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.op.Silu;

import java.util.List;
import java.util.Map;

/** An architecture of another program in one class: two dense layers over a whole image. */
public final class ToyBackbone implements BackboneKind<ToyBackbone.Spec> {

    public static final ToyBackbone INSTANCE = new ToyBackbone();

    private static final BackboneOption WIDTH = new BackboneOption("width", "N", "inner width");

    @Override
    public String name() {
        return "toy";
    }

    @Override
    public Class<Spec> specType() {
        return Spec.class;
    }

    @Override
    public String description() {
        return "two dense layers";
    }

    @Override
    public Spec read(Fields json, Signature signature) throws CheckpointException {
        return new Spec(signature, json.only("width").integer("width"));
    }

    @Override
    public Map<String, Spec> presets() {
        return Map.of();
    }

    @Override
    public Spec small() {
        return new Spec(Signature.of(SampleShape.image(1, 4, 4), Conditioning.none()), 16);
    }

    @Override
    public List<BackboneOption> options() {
        return List.of(WIDTH);
    }

    @Override
    public Spec change(Spec base, Signature signature, Map<String, String> options) {
        return new Spec(signature, WIDTH.integer(options, 1 << 10, base.width()));
    }

    public record Spec(Signature signature, int width) implements BackboneSpec {

        @Override
        public BackboneKind<?> kind() {
            return INSTANCE;
        }

        @Override
        public BackboneSpec with(Signature changed) {
            return new Spec(changed, width);
        }

        @Override
        public Backbone create(long seed) {
            return new Network(this, seed);
        }

        @Override
        public JsonObject json() {
            JsonObject json = new JsonObject();
            json.addProperty("width", width);
            return json;
        }

        @Override
        public Map<String, String> facts() {
            return Map.of("layers", "two of width " + width);
        }
    }

    private static final class Network extends NamedBlock implements Backbone {

        private final Spec spec;
        private final Dense first;
        private final LabelEmbedding labels;
        private final Dense second;

        Network(Spec spec, long seed) {
            this.spec = spec;
            int values = spec.sample().size();
            first = child("first", new Dense(values + 1, spec.width(), true));
            labels =
                    child(
                            "labels",
                            new LabelEmbedding(
                                    Math.max(1, spec.conditioning().labelRows()), spec.width()));
            second = child("second", new Dense(spec.width(), values, true));
            InitialValues.set(
                    namedParameters(),
                    seed,
                    (name, shape, random) ->
                            name.endsWith("bias")
                                    ? InitialValues.constant(shape, 0)
                                    : InitialValues.xavier(shape, random));
        }

        @Override
        public BackboneSpec spec() {
            return spec;
        }

        @Override
        public NDArray forward(Pass pass, NDArray x, NDArray t, Condition condition) {
            NDArray flat = x.reshape(x.size(0), -1).concat(t.expandDims(1), 1); // (B, C·H·W + 1)
            NDArray hidden = first.apply(pass, flat); // (B, width)
            if (condition.labels() != null) {
                hidden = hidden.add(labels.apply(pass, condition.labels()));
            }
            return second.apply(pass, Silu.apply(hidden)).reshape(x.getShape());
        }

        @Override
        public void initialize(NDManager manager) {
            initialize(manager, DataType.FLOAT32, spec.sample().batch(1), new Shape(1));
        }

        @Override
        public OperationCount operations() {
            return operations(1);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> ignored) {
            return new NDList(
                    forward(Pass.inference(store), inputs.get(0), inputs.get(1), Condition.NONE));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {inputShapes[0]};
        }
    }
}
