package io.zigma.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The device of a task is the GPU that Spark gave it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Spark's workers start bash there")
class TaskDeviceTest {

    @TempDir Path folder;

    /** Prints the devices that tasks compute on; a program of its own. */
    static final class Devices {

        private Devices() {}

        /** Runs a task for each of the GPUs. */
        public static void main(String[] words) {
            SparkConf conf = new SparkConf().setAppName("devices").setMaster(words[0]);
            try (JavaSparkContext spark = new JavaSparkContext(conf)) {
                List<Integer> numbers = IntStream.range(0, 8).boxed().toList();
                spark.parallelize(numbers, numbers.size())
                        .map(
                                number -> {
                                    Thread.sleep(300); // so that no executor has all of them
                                    return "task on " + TaskDevice.of(TaskContext.get());
                                })
                        .collect()
                        .forEach(System.out::println);
            }
        }
    }

    private String devices(String... settings) throws Exception {
        try (Cluster cluster =
                Cluster.run(
                        folder,
                        Devices.class,
                        options(settings),
                        List.of("local-cluster[1,2,1024]"))) {
            cluster.awaitEnd();
            return cluster.said();
        }
    }

    private static List<String> options(String... settings) {
        return Stream.of(settings).map(one -> "-Dspark." + one).toList();
    }

    @Test
    void aTaskThatHasAGpuComputesOnThatOne() throws Exception {
        // stands for nvidia-smi on a worker with two cards
        Path script = folder.resolve("gpus");
        Files.writeString(
                script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"3\", \"5\"]}'\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));

        String said =
                devices(
                        "worker.resource.gpu.amount=2",
                        "worker.resource.gpu.discoveryScript=" + script,
                        "executor.resource.gpu.amount=2",
                        "task.resource.gpu.amount=1");

        assertThat(said).contains("task on gpu(3)", "task on gpu(5)").doesNotContain("task on cpu");
    }

    @Test
    void aTaskThatHasNoneComputesOnTheProcessor() throws Exception {
        assertThat(devices("ui.enabled=false")).contains("task on cpu()").doesNotContain("gpu(");
    }
}
