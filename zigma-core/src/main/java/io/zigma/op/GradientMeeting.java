package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arrays from which the engine goes back at once, when the gradients that kernels have for any of
 * them are known; everything it holds belongs to its manager.
 */
final class GradientMeeting implements GradientPassage {

    private final NDManager manager;
    private final List<Seat> seats = new ArrayList<>();

    GradientMeeting(NDManager manager) {
        this.manager = manager;
    }

    /** Takes one array more, which needs a gradient. */
    Seat seat(NDArray array) {
        Seat seat = new Seat(GradientRoot.share(array, manager));
        seats.add(seat);
        return seat;
    }

    @Override
    public void pull() {
        try (manager) {
            List<NDArray> roots = new ArrayList<>();
            List<NDArray> gradients = new ArrayList<>();
            for (Seat seat : seats) {
                if (seat.gradient != null) {
                    roots.add(seat.array);
                    gradients.add(seat.gradient);
                }
            }
            if (!roots.isEmpty()) {
                JointBackward.run(roots, gradients);
            }
        }
    }

    /** Where the gradients of one array are waiting. */
    final class Seat {

        private final PtNDArray array;
        private @Nullable NDArray gradient;

        private Seat(PtNDArray array) {
            this.array = array;
        }

        /** Takes over a gradient, which adds to those before. */
        void add(NDArray more) {
            NDArray sum = gradient == null ? more : gradient.add(more);
            NDScope.unregister(sum);
            sum.attach(manager);
            gradient = sum;
        }
    }
}
