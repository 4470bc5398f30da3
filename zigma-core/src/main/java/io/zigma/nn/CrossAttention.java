package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.op.Attention;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * Every token attends to a context, such as the tokens of a text (Vaswani et al. 2017, section 3.2;
 * official {@code CrossAttention}).
 *
 * <p>Queries, keys and values have no bias, the output has one. As a DJL block it takes tokens (B,
 * L, D) and context (B, n, D) and returns (B, L, D).
 */
public final class CrossAttention extends NamedBlock {

    /** Heads of the official block, whatever the model's size. */
    public static final int HEADS = 8;

    /** Channels of a head of the official block. */
    public static final int HEAD_SIZE = 64;

    private final int heads;
    private final int innerSize; // E
    private final Dense queries; // D → E
    private final Dense keys; // D → E
    private final Dense values; // D → E
    private final Dense output; // E → D

    /**
     * Creates the block of the official ZigMa: 8 heads of 64 channels, whatever the model's size.
     *
     * @param hiddenSize channels D of tokens and context
     */
    public CrossAttention(int hiddenSize) {
        this(hiddenSize, HEADS, HEAD_SIZE);
    }

    /**
     * Creates a block.
     *
     * @param hiddenSize channels D of tokens and context
     * @param heads how many heads
     * @param headSize channels of a head
     */
    public CrossAttention(int hiddenSize, int heads, int headSize) {
        this.heads = heads;
        innerSize = heads * headSize;
        queries = child("to_q", new Dense(hiddenSize, innerSize, false));
        keys = child("to_k", new Dense(hiddenSize, innerSize, false));
        values = child("to_v", new Dense(hiddenSize, innerSize, false));
        // The name is the index of the linear layer before the dropout in the official sequence.
        output = child("to_out.0", new Dense(innerSize, hiddenSize, true));
    }

    /**
     * Attends.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x tokens (B, L, D)
     * @param context the vectors they attend to (B, n, D)
     * @return (B, L, D)
     */
    public NDArray apply(Pass pass, NDArray x, NDArray context) {
        return apply(pass, x, context, null);
    }

    /**
     * Attends to some tokens of a context.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x tokens (B, L, D)
     * @param context what they attend to (B, n, D)
     * @param mask 1 for each token of the context that counts and 0 for padding (B, n); null where
     *     all count
     * @return (B, L, D)
     */
    public NDArray apply(Pass pass, NDArray x, NDArray context, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDArray q = queries.apply(pass, x); // (B, L, E)
                    NDArray k = keys.apply(pass, context); // (B, n, E)
                    NDArray v = values.apply(pass, context); // (B, n, E)
                    if (pass.attention() != AttentionListener.NONE) {
                        pass.attention()
                                .attended(Attention.weights(q, k, heads, mask)); // (B, L, n)
                    }
                    NDArray attended = Attention.apply(q, k, v, heads, mask); // (B, L, E)
                    return output.apply(pass, attended); // (B, L, D)
                });
    }

    /**
     * Counts the operations of the block.
     *
     * @param vectors number of query tokens
     * @param context number of context vectors
     * @return multiply-adds for one image
     */
    public OperationCount operations(long vectors, long context) {
        return queries.operations(vectors)
                .plus(keys.operations(context))
                .plus(values.operations(context))
                .plus(output.operations(vectors))
                .plus(OperationCount.ofAttention(2 * vectors * context * innerSize));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(apply(pass, inputs.get(0), inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
