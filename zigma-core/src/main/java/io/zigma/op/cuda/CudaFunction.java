package io.zigma.op.cuda;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** A compiled kernel on a device. */
public final class CudaFunction {

    private final CudaDevice device;
    private final long handle;
    private final int threads;

    CudaFunction(CudaDevice device, long handle, int threads) {
        this.device = device;
        this.handle = handle;
        this.threads = threads;
    }

    /**
     * Begins a launch; the arguments follow in the kernel's order. A thread prepares one launch at
     * a time.
     *
     * @return takes the arguments
     */
    public Launch launch() {
        return new Launch(this);
    }

    /** One launch of the kernel. Takes no native memory: arguments are in the thread's own. */
    public static final class Launch {

        private final CudaFunction function;
        private final Scratch scratch = Scratch.own();
        private int count;

        private Launch(CudaFunction function) {
            this.function = function;
        }

        /**
         * Adds an array.
         *
         * @param array on the kernel's device; null for a null pointer
         * @return this
         */
        public Launch array(@Nullable DeviceArray array) {
            return number(array == null ? 0 : array.address());
        }

        /**
         * Adds an array that was made for the kernel to fill, and so is contiguous.
         *
         * @param array on the kernel's device; null for a null pointer
         * @return this
         */
        public Launch result(@Nullable NDArray array) {
            return number(array == null ? 0 : DeviceArrays.pointer(array));
        }

        /**
         * Adds a {@code long long}, or an address.
         *
         * @param value any
         * @return this
         */
        public Launch number(long value) {
            scratch.argument(count++, value);
            return this;
        }

        /**
         * Adds an {@code int}.
         *
         * @param value one that fits
         * @return this
         */
        public Launch integer(long value) {
            scratch.argument(count++, Math.toIntExact(value));
            return this;
        }

        /**
         * Adds a {@code float}.
         *
         * @param value any
         * @return this
         */
        public Launch real(float value) {
            scratch.argument(count++, value);
            return this;
        }

        /**
         * Queues the kernel on the engine's stream of this thread, and returns at once.
         *
         * @param gridX blocks along x
         * @param gridY blocks along y, at most 65,535
         * @param gridZ blocks along z, at most 65,535
         */
        public void on(long gridX, long gridY, long gridZ) {
            function.device.launch(
                    function.handle,
                    Math.toIntExact(gridX),
                    Math.toIntExact(gridY),
                    Math.toIntExact(gridZ),
                    function.threads,
                    scratch);
        }
    }
}
