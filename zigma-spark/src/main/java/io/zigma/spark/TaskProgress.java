package io.zigma.spark;

import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import org.apache.spark.SparkContext;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/** Shows how many tasks of the present stage are done, and says when an executor is lost. */
final class TaskProgress extends SparkListener implements AutoCloseable {

    private final SparkContext spark;
    private final Console console;
    private final ProgressBar bar;
    private int done;
    private int total;

    private TaskProgress(SparkContext spark, Console console, String unit) {
        this.spark = spark;
        this.console = console;
        this.bar = new ProgressBar(console, unit, 0);
    }

    /**
     * Begins to listen.
     *
     * @param unit what a task makes, in the plural
     */
    static TaskProgress of(SparkSession session, Console console, String unit) {
        TaskProgress progress = new TaskProgress(session.sparkContext(), console, unit);
        session.sparkContext().addSparkListener(progress);
        return progress;
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted stage) {
        done = 0;
        total = stage.stageInfo().numTasks();
    }

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted stage) {
        done = 0;
        total = 0;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        if (end.reason() == Success$.MODULE$ && total > 1) {
            done++;
            bar.advanceTo(done, total, "");
        }
    }

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved lost) {
        console.say(
                "executor %s is lost; its tasks start again elsewhere"
                        .formatted(lost.executorId()));
    }

    @Override
    public synchronized void close() {
        spark.removeSparkListener(this);
        bar.close();
    }
}
