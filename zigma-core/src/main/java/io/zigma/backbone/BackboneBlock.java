package io.zigma.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.condition.Conditioning;
import io.zigma.nn.DropPath;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Pass;
import java.util.ArrayList;
import java.util.List;

/**
 * A backbone as a DJL block: it takes x (B, …), t (B) and, where there is a condition, labels (B)
 * as int64 or a text's features (B, n, d); it returns the output, as large as x, of {@link
 * BackboneSpec#outputChannels} channels.
 */
public abstract class BackboneBlock extends NamedBlock implements Backbone {

    /** Creates a block without parameters or children. */
    protected BackboneBlock() {}

    @Override
    public final void initialize(NDManager manager) {
        Conditioning conditioning = spec().conditioning();
        List<Shape> inputs = new ArrayList<>();
        inputs.add(spec().sample().batch(1));
        inputs.add(new Shape(1));
        if (conditioning.labelRows() > 0) {
            inputs.add(new Shape(1));
        }
        if (conditioning.contextSize() > 0) {
            inputs.add(new Shape(1, 1, conditioning.contextSize()));
        }
        initialize(manager, DataType.FLOAT32, inputs.toArray(Shape[]::new));
    }

    /**
     * Returns which layers a pass of DJL leaves out.
     *
     * @param training whether the pass is one of a training
     * @return none, unless the backbone says otherwise
     */
    protected DropPath dropPath(boolean training) {
        return DropPath.NONE;
    }

    @Override
    protected final NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, dropPath(training));
        NDArray third = inputs.size() > 2 ? inputs.get(2) : null;
        return new NDList(
                forward(
                        pass,
                        inputs.get(0),
                        inputs.get(1),
                        spec().conditioning().condition(third)));
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {
            spec().sample().withChannels(spec().outputChannels()).batch(inputShapes[0].get(0))
        };
    }
}
