package io.zigma.cli.option;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.zigma.engine.EngineStart;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;

/**
 * Where and with how many threads to compute.
 *
 * @param gpu number of the GPU, or −1 for the CPU
 * @param threads threads of the tensor engine, or 0 for as many as it likes
 */
public record ComputeOptions(int gpu, int threads) {

    public static final Option THREADS =
            Flags.value("t", "threads", "N", "threads to compute with; default: one a core");
    public static final Option DEVICE =
            Flags.value(
                    null,
                    "device",
                    "NAME",
                    "cpu (default), gpu, or gpu1 for the second GPU; a GPU needs libtorch for CUDA");

    private static final Pattern NAME = Pattern.compile("cpu|gpu(\\d{0,2})");
    private static final int MOST_THREADS = 1024;

    /**
     * Reads the options; the engine is not loaded by this.
     *
     * @throws UsageException if the device's name is none
     */
    public static ComputeOptions of(Arguments arguments) {
        String name = arguments.text(DEVICE).orElse("cpu");
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new UsageException(
                    "--device knows no '%s' (cpu, gpu, gpu0, gpu1, ...)".formatted(name));
        }
        String number = matcher.group(1);
        int gpu = number == null ? -1 : number.isEmpty() ? 0 : Integer.parseInt(number);
        return new ComputeOptions(gpu, arguments.integer(THREADS, 1, MOST_THREADS, 0));
    }

    /** Returns the device asked for, whether it is there or not; the engine is not loaded. */
    public Device device() {
        return gpu < 0 ? Device.cpu() : Device.gpu(gpu);
    }

    /**
     * Loads the engine. The number of threads is read at this moment and stays.
     *
     * @return the device to compute on
     * @throws IOException if the GPU asked for is not there
     */
    public Device start() throws IOException {
        if (threads > 0) {
            System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        }
        Engine engine = EngineStart.engine();
        if (gpu < 0) {
            return Device.cpu();
        }
        int found = engine.hasCapability("CUDA") ? engine.getGpuCount() : 0;
        if (gpu >= found) {
            throw new IOException(
                    found == 0
                            ? "there is no GPU that this build of PyTorch can use; leave out --device"
                            : "there is no GPU %s, only 0 to %s; choose another --device"
                                    .formatted(gpu, found - 1));
        }
        return Device.gpu(gpu);
    }
}
