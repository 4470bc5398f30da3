package io.zigma.spark;

import ai.djl.Device;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** Where a task computes: on the GPU that Spark gave it, else on the processor. */
final class TaskDevice {

    private static final String GPU = "gpu";

    private TaskDevice() {}

    /**
     * Returns the device of a task.
     *
     * @param task the task; {@code spark.task.resource.gpu.amount} gives it a GPU
     * @return the first of its GPUs, by the address that Spark's discovery script reported
     */
    static Device of(TaskContext task) {
        ResourceInformation gpus = task.resourcesJMap().get(GPU);
        if (gpus == null || gpus.addresses().length == 0) {
            return Device.cpu();
        }
        return Device.gpu(Integer.parseInt(gpus.addresses()[0].strip()));
    }
}
