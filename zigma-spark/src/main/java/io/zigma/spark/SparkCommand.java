package io.zigma.spark;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.Option;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** A command that runs on Spark: in this process unless another master is named. */
abstract class SparkCommand implements Command {

    static final Option MASTER =
            Flags.value(
                    null,
                    "master",
                    "URL",
                    "Spark's master; default: that of spark-submit, else local[*], all cores of this"
                            + " machine in this process");
    static final Option CONF =
            Flags.values(
                    null,
                    "conf",
                    "KEY=VALUE",
                    "a setting of Spark, such as spark.executor.memory=4g; may be given several"
                            + " times");
    static final Option THREADS =
            Flags.value(
                    "t",
                    "threads",
                    "N",
                    "threads of the engine of each executor, default 1; tasks that run at the same"
                            + " time share them");

    /** Where to compute, for a command that has threads of its own. */
    static final OptionSection CLUSTER_ALONE = OptionSection.of("On which cluster", MASTER, CONF);

    static final OptionSection CLUSTER =
            OptionSection.of("Where to compute", MASTER, CONF, THREADS);

    /** What our kernels need of an executor's Java; bytes of pictures depend on it. */
    private static final String EXECUTOR_JAVA = "--add-modules jdk.incubator.vector";

    private static final String JAVA_OPTIONS = "spark.executor.extraJavaOptions";
    private static final String DEFAULT_MASTER = "local[*]";
    private static final int MOST_THREADS = 1024;

    static int threads(Arguments arguments) {
        return arguments.integer(THREADS, 1, MOST_THREADS, 1);
    }

    @Override
    public final void run(Arguments arguments, Console console) throws IOException {
        check(arguments);
        SparkConf conf = conf(arguments);
        try (SparkSession spark =
                SparkSession.builder().appName("zigma " + name()).config(conf).getOrCreate()) {
            run(arguments, spark, console);
        } finally {
            LoadedModel.freeAll();
            LoadedNetworks.freeAll();
            LoadedEncoder.freeAll();
        }
    }

    /** Refuses options that are wrong whatever the cluster is, before Spark starts. */
    abstract void check(Arguments arguments) throws IOException;

    /** Does the work. */
    abstract void run(Arguments arguments, SparkSession spark, Console console) throws IOException;

    private static SparkConf conf(Arguments arguments) {
        SparkConf conf = new SparkConf(); // with what spark-submit and -Dspark.… say
        Optional<String> master = arguments.text(MASTER);
        if (master.isPresent()) {
            conf.setMaster(master.get());
        } else {
            conf.setIfMissing("spark.master", DEFAULT_MASTER);
        }
        settings(arguments).forEach(conf::set);
        // features of many pictures come back together
        conf.setIfMissing("spark.driver.maxResultSize", "0");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        // how long a training waits for executors, also where one is being replaced
        conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "5s");
        conf.setIfMissing(
                "spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures",
                conf.get("spark.master").startsWith("local[") ? "1" : "24");
        if (conf.get("spark.master").startsWith("local")) {
            conf.setIfMissing("spark.ui.enabled", "false");
            // nobody else has to reach this machine, whose name may have no address
            conf.setIfMissing("spark.driver.host", "127.0.0.1");
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
        }
        String options = conf.get(JAVA_OPTIONS, "");
        if (!options.contains("jdk.incubator.vector")) {
            conf.set(JAVA_OPTIONS, (options + " " + EXECUTOR_JAVA).strip());
        }
        return conf;
    }

    private static Map<String, String> settings(Arguments arguments) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String given : arguments.texts(CONF)) {
            int equals = given.indexOf('=');
            if (equals < 1 || !given.startsWith("spark.")) {
                throw new UsageException(
                        "--conf '%s' is no setting; write it as spark.executor.memory=4g"
                                .formatted(given));
            }
            settings.put(given.substring(0, equals), given.substring(equals + 1));
        }
        return settings;
    }
}
