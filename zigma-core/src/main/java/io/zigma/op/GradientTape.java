package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records gradients of this thread's computation, hand-written kernels included.
 *
 * <p>DJL has no custom autograd function. So the graph is cut at every kernel: the kernel's result
 * is a fresh leaf, and the tape remembers the kernel's operands, the <em>roots</em>, with a
 * function that computes the gradients of the operands from the gradient of the result. {@link
 * #backward} runs the engine's backward from the loss to the leaves of the cuts, then visits the
 * cuts from the last to the first: it reads the leaf's gradient, computes those of the roots, and
 * starts the engine's backward again from all roots at once. A model also cuts at the input of each
 * of its blocks, {@link #accumulateAt}, so that backward runs once through the part of the graph
 * between two cuts: where two cuts have a part in common, the gradients are still right but
 * backward runs through it twice. What all blocks use, like the embedded time, should get a cut of
 * its own.
 *
 * <pre>{@code
 * try (GradientTape tape = GradientTape.open()) {
 *     NDArray loss = …;
 *     tape.backward(loss);
 * }
 * // parameter.getGradient()
 * }</pre>
 *
 * <p>Gradients add up in the leaves' {@code getGradient()}, as with DJL's {@code
 * GradientCollector}. A tape belongs to the thread that opened it; each thread may have one.
 * Several forward passes may each be followed by their {@code backward} on one tape. The arrays
 * that a cut needs are held by the tape, whatever happens to the manager or the {@link NDScope}
 * that they came from.
 */
public final class GradientTape implements AutoCloseable {

    private static final ThreadLocal<@Nullable GradientTape> OPEN = new ThreadLocal<>();

    private final Thread owner = Thread.currentThread();
    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), PtEngine.ENGINE_NAME);
    private final Deque<TapeEntry> cuts = new ArrayDeque<>();
    private final Map<NDArray, GradientAccumulator.Slot> slots = new IdentityHashMap<>();
    private final boolean recordedBefore = JniUtils.isGradMode();
    private final boolean recomputing;
    private boolean recordedLater; // the running block will be recorded later

    private GradientTape(boolean recomputing) {
        this.recomputing = recomputing;
    }

    /**
     * Opens a tape on this thread and enables gradient recording.
     *
     * @return the tape, to be closed by this thread
     * @throws IllegalStateException if this thread has an open tape
     */
    public static GradientTape open() {
        return open(false);
    }

    /**
     * Opens a tape with gradient checkpointing: of a {@link #block} only the inputs are stored, and
     * the block runs again when its gradients are needed (Chen et al. 2016, Training Deep Nets with
     * Sublinear Memory Cost). That takes one forward pass more and far less memory; the gradients
     * are the same to the last bit.
     *
     * @return the tape, to be closed by this thread
     * @throws IllegalStateException if this thread has an open tape
     */
    public static GradientTape openRecomputing() {
        return open(true);
    }

    private static GradientTape open(boolean recomputing) {
        if (OPEN.get() != null) {
            throw new IllegalStateException(
                    "this thread already has an open gradient tape; close it first");
        }
        GradientTape tape = new GradientTape(recomputing);
        OPEN.set(tape);
        JniUtils.setGradMode(true);
        return tape;
    }

    /**
     * Cuts the graph at x, if a tape is open on this thread and x depends on anything that needs a
     * gradient.
     *
     * @param x any floating-point array; must not be changed in place before {@link #backward}
     * @return a leaf with the values, the memory and the manager of x, or x itself where there is
     *     nothing to cut
     */
    public static NDArray accumulateAt(NDArray x) {
        GradientTape tape = current();
        if (tape == null || GradientRoot.kindOf(x) == GradientRoot.Kind.CONSTANT) {
            return x;
        }
        NDArray leaf = JniUtils.detachGradient((PtNDArray) x);
        return tape.cut(leaf, List.of(x), List.of(), (roots, gradient) -> List.of(gradient));
    }

    /**
     * Accumulates the gradients of several arrays before they are propagated further, if a tape is
     * open on this thread. This changes no gradient, but backward runs once through the graph
     * before these arrays and not once for each kernel.
     *
     * @param arrays results that need gradients, not yet an operand of any kernel
     */
    public static void join(List<? extends NDArray> arrays) {
        GradientTape tape = current();
        if (tape == null) {
            return;
        }
        tape.checkThread();
        if (arrays.isEmpty()) {
            return;
        }
        GradientAccumulator accumulator = new GradientAccumulator(tape.keeper(arrays.get(0)));
        for (NDArray array : arrays) {
            if (GradientRoot.kindOf(array) == GradientRoot.Kind.INNER) {
                tape.slots.put(array, accumulator.slot(array));
            }
        }
        tape.cuts.addLast(accumulator);
    }

    /**
     * Runs one of a model's blocks, at whose inputs the graph is cut.
     *
     * <p>On a tape that was opened with {@link #openRecomputing} the block may run twice, and must
     * do the same both times: random numbers have to be sampled before.
     *
     * @param inputs what the block reads beside constants and parameters, null where an optional
     *     one is absent
     * @param block from the inputs, or leaves with their values, to the result
     * @return the block's result
     */
    public static NDArray block(
            List<? extends @Nullable NDArray> inputs,
            Function<List<@Nullable NDArray>, NDArray> block) {
        GradientTape tape = current();
        if (tape != null && tape.recomputing) {
            return tape.recomputed(inputs, block);
        }
        List<@Nullable NDArray> cut = new ArrayList<>();
        for (NDArray input : inputs) {
            boolean inner =
                    tape != null
                            && input != null
                            && GradientRoot.kindOf(input) == GradientRoot.Kind.INNER;
            cut.add(inner ? accumulateAt(input) : input);
        }
        return block.apply(cut);
    }

    /** Runs a block without recording, and has it recorded when its gradients are due. */
    private NDArray recomputed(
            List<? extends @Nullable NDArray> inputs,
            Function<List<@Nullable NDArray>, NDArray> block) {
        NDArray result;
        JniUtils.setGradMode(false);
        recordedLater = true;
        try {
            result = Scratch.freed(() -> block.apply(new ArrayList<>(inputs)));
        } finally {
            recordedLater = false;
            JniUtils.setGradMode(true);
        }
        // needed whatever the inputs are: the block has parameters of its own
        cut(
                List.of(result),
                inputs,
                List.of(),
                true,
                (roots, gradients) ->
                        blockBackward(block, roots, Objects.requireNonNull(gradients.get(0))));
        return result;
    }

    /** Records a block again, from leaves in place of its inputs, and runs backward through it. */
    private List<@Nullable NDArray> blockBackward(
            Function<List<@Nullable NDArray>, NDArray> block,
            List<@Nullable NDArray> roots,
            NDArray gradient) {
        int before = cuts.size();
        List<@Nullable NDArray> leaves = new ArrayList<>();
        for (NDArray root : roots) {
            leaves.add(root == null ? null : GradientRoot.leaf(root));
        }
        NDArray result = block.apply(leaves);
        if (GradientRoot.kindOf(result) != GradientRoot.Kind.CONSTANT) {
            JointBackward.run(List.of(result), List.of(gradient));
        }
        backwardDownTo(before);
        List<@Nullable NDArray> gradients = new ArrayList<>();
        for (NDArray leaf : leaves) {
            gradients.add(
                    leaf != null && leaf.hasGradient()
                            ? JniUtils.getGradient((PtNDArray) leaf)
                            : null);
        }
        return gradients;
    }

    /** Runs backward through the newest cuts until so many are left. */
    private void backwardDownTo(int count) {
        while (cuts.size() > count) {
            cuts.removeLast().backward();
        }
    }

    /** Returns this thread's tape if it is open and recording is on. */
    static @Nullable GradientTape current() {
        GradientTape tape = OPEN.get();
        return tape != null && JniUtils.isGradMode() ? tape : null;
    }

    /**
     * Returns whether values must be those that a recorded run gives, to the last bit: in such a
     * run, and in one that will be recorded later. Other runs are free to round differently.
     */
    static boolean fixesValues() {
        GradientTape tape = OPEN.get();
        return JniUtils.isGradMode() || (tape != null && tape.recordedLater);
    }

    /** Computes the gradients of a cut's roots from the gradient of its result. */
    @FunctionalInterface
    interface Pullback {

        /**
         * Computes gradients.
         *
         * @param roots the tape's own handles of the roots, null where there was none
         * @param gradient gradient of the result; what is returned belongs to its manager
         * @return a gradient for each root, null where there is no root or none is needed
         */
        List<@Nullable NDArray> apply(List<@Nullable NDArray> roots, NDArray gradient);
    }

    /** Computes the gradients of a cut's roots from the gradients of its results. */
    @FunctionalInterface
    interface JointPullback {

        /**
         * Computes gradients.
         *
         * @param roots the tape's own handles of the roots, null where there was none
         * @param gradients a gradient for each result, null for one that nothing used; not all are
         * @return a gradient for each root, null where there is no root or none is needed
         */
        List<@Nullable NDArray> apply(
                List<@Nullable NDArray> roots, List<@Nullable NDArray> gradients);
    }

    /**
     * Makes the result of a kernel a leaf whose gradient flows on to the kernel's operands.
     *
     * @param result fresh and not part of any graph
     * @param roots the operands, null where an optional one is absent
     * @param saved what the pullback needs besides; the tape owns it from now on
     * @param pullback the kernel's own backward
     * @return {@code result}, which needs a gradient unless none of the roots does
     */
    NDArray cut(
            NDArray result,
            List<? extends @Nullable NDArray> roots,
            List<NDArray> saved,
            Pullback pullback) {
        cut(
                List.of(result),
                roots,
                saved,
                (held, gradients) ->
                        pullback.apply(held, Objects.requireNonNull(gradients.get(0))));
        return result;
    }

    /**
     * Makes the results of a kernel leaves whose gradients flow on together to the kernel's
     * operands.
     *
     * @param results fresh and not part of any graph; they need gradients afterwards unless none of
     *     the roots does
     * @param roots the operands, null where an optional one is absent
     * @param saved what the pullback needs besides; the tape owns it from now on
     * @param pullback the kernel's own backward
     */
    void cut(
            List<NDArray> results,
            List<? extends @Nullable NDArray> roots,
            List<NDArray> saved,
            JointPullback pullback) {
        cut(results, roots, saved, false, pullback);
    }

    private void cut(
            List<NDArray> results,
            List<? extends @Nullable NDArray> roots,
            List<NDArray> saved,
            boolean always,
            JointPullback pullback) {
        checkThread();
        NDManager own = keeper(results.get(0));
        List<@Nullable GradientRoot> held = new ArrayList<>();
        boolean needed = always;
        for (NDArray root : roots) {
            GradientRoot holding =
                    root == null ? null : GradientRoot.of(root, own, slots.get(root));
            held.add(holding);
            needed |= holding != null && holding.needsGradient();
        }
        for (NDArray array : saved) {
            NDScope.unregister(array);
            array.attach(own);
        }
        if (!needed) {
            own.close();
            return;
        }
        List<PtNDArray> leaves = new ArrayList<>();
        for (NDArray result : results) {
            result.setRequiresGradient(true);
            leaves.add(GradientRoot.handle(result, own));
        }
        cuts.addLast(new GradientCut(own, leaves, held, pullback));
    }

    /** Returns a new owner of arrays, which makes further ones on the device of a given one. */
    private NDManager keeper(NDArray like) {
        return manager.newSubManager(like.getDevice());
    }

    /**
     * Adds the gradient of a loss to every leaf that it depends on, and forgets the cuts.
     *
     * @param loss one number, computed on this thread since the tape was opened
     */
    public void backward(NDArray loss) {
        checkThread();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            JointBackward.run(List.of(loss), List.of(loss.onesLike()));
            backwardDownTo(0);
            slots.clear();
        }
    }

    /** Frees what the tape holds and restores the recording mode; does nothing the second time. */
    @Override
    public void close() {
        if (OPEN.get() != this) {
            checkThread();
            return;
        }
        OPEN.remove();
        JniUtils.setGradMode(recordedBefore);
        cuts.clear();
        slots.clear();
        manager.close();
    }

    private void checkThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "this gradient tape belongs to thread %s, not to %s"
                            .formatted(owner.getName(), Thread.currentThread().getName()));
        }
    }
}
