package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.op.Scratch;

/**
 * A table of one vector a class (DiT, LabelEmbedder); with guidance its last row is the null class.
 */
public final class LabelEmbedding extends UnaryBlock {

    private final int rows;
    private final int hiddenSize;
    private final Table table;

    /**
     * Creates the table.
     *
     * @param rows classes, the null class included
     * @param hiddenSize channels D of an embedding
     */
    public LabelEmbedding(int rows, int hiddenSize) {
        this(rows, hiddenSize, false);
    }

    private LabelEmbedding(int rows, int hiddenSize, boolean bare) {
        this.rows = rows;
        this.hiddenSize = hiddenSize;
        Table own = new Table(rows, hiddenSize);
        table = bare ? inlined(own) : child("embedding_table", own);
    }

    /**
     * Creates a table whose weights are named as PyTorch's {@code Embedding} names them, {@code
     * weight}, not {@code embedding_table.weight}.
     *
     * @param rows classes, the null class included
     * @param hiddenSize channels D of an embedding
     * @return the block
     */
    public static LabelEmbedding bare(int rows, int hiddenSize) {
        return new LabelEmbedding(rows, hiddenSize, true);
    }

    /**
     * Returns the embeddings of labels.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param labels (B) as int64, each in 0 … rows − 1
     * @return (B, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray labels) {
        return Scratch.freed(() -> table.apply(pass, labels));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), hiddenSize)};
    }

    private final class Table extends UnaryBlock {

        private final Parameter weight;

        Table(int rows, int hiddenSize) {
            weight = parameter("weight", Parameter.Type.WEIGHT, rows, hiddenSize);
        }

        @Override
        public NDArray apply(Pass pass, NDArray labels) {
            // A product with one-hot rows picks exactly, and its gradient does not depend on thread
            // timing.
            NDArray numbers =
                    labels.getManager()
                            .arange(0, rows, 1, DataType.INT64)
                            .toDevice(labels.getDevice(), false);
            NDArray oneHot =
                    labels.expandDims(1).eq(numbers).toType(DataType.FLOAT32, false); // (B, rows)
            return oneHot.matMul(value(pass, weight, oneHot)); // (B, D)
        }

        @Override
        public OperationCount operations(long vectors) {
            return OperationCount.ofMatrixProducts(vectors * weight.getShape().size());
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {new Shape(inputShapes[0].get(0), hiddenSize)};
        }
    }
}
