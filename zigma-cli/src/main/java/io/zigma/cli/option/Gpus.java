package io.zigma.cli.option;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;

/** The GPUs that the engine can use. */
final class Gpus {

    private Gpus() {}

    /**
     * Refuses a GPU that is not there.
     *
     * <p>DJL counts GPUs with CUDA's runtime library, which it may not find although the engine
     * does, so a GPU beyond its count is tried.
     *
     * @param engine the engine, started
     * @param number of the GPU, from 0
     * @throws IOException if it cannot be used
     */
    static void require(Engine engine, int number) throws IOException {
        if (!engine.hasCapability("CUDA")) {
            throw new IOException(
                    "there is no GPU that this build of PyTorch can use; leave out --device, or see docs/djl.md for libtorch with CUDA");
        }
        int found = engine.getGpuCount();
        if (number < found) {
            return;
        }
        try (NDManager manager = engine.newBaseManager(Device.gpu(number));
                NDArray tried = manager.zeros(new Shape(1))) {
            tried.toFloatArray();
        } catch (EngineException e) {
            throw new IOException(
                    found == 0
                            ? "GPU %s cannot be used: %s".formatted(number, firstLine(e))
                            : "there is no GPU %s, only 0 to %s; choose another --device"
                                    .formatted(number, found - 1),
                    e);
        }
    }

    private static String firstLine(EngineException e) {
        String message = e.getMessage();
        return message == null ? "the engine says nothing" : message.lines().findFirst().orElse("");
    }
}
