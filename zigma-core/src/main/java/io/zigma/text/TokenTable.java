package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;

/** A table of one vector for each number: token, position or kind of sentence. */
final class TokenTable extends UnaryBlock {

    private final Parameter weight;
    private final int size;

    /**
     * Creates a table.
     *
     * @param rows how many numbers there are
     * @param size d
     */
    TokenTable(int rows, int size) {
        this.size = size;
        weight = parameter("weight", Parameter.Type.WEIGHT, rows, size);
    }

    /**
     * Looks token indices up.
     *
     * @param pass parameter values
     * @param ids any shape as int64, each in 0 … rows − 1
     * @return (…, d)
     */
    @Override
    public NDArray apply(Pass pass, NDArray ids) {
        return Embedding.embedding(ids, value(pass, weight, ids), SparseFormat.DENSE)
                .singletonOrThrow();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(size)};
    }
}
