<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name></name>
    <message numerus="yes">
        <source>%Ln file(s)</source>
        <translation>
            <numerusform>%Ln 个文件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln thread(s)</source>
        <translation>
            <numerusform>%Ln 个线程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln 个词元</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln day(s)</source>
        <translation>
            <numerusform>%Ln 天</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln download(s) last month.</source>
        <translation>
            <numerusform>上月下载 %Ln 次。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AboutPage</name>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Chatapp</source>
        <translation>Chatapp</translation>
    </message>
    <message>
        <source>What&apos;s new</source>
        <translation>更新内容</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the versions</source>
        <translation>复制版本信息</translation>
    </message>
    <message>
        <source>Chatapp {version}</source>
        <translation>Chatapp {version}</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Conversations and lists</source>
        <translation>对话和列表</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open: {what}</source>
        <translation>打开：{what}</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Third-party software</source>
        <translation>第三方软件</translation>
    </message>
    <message>
        <source>Chatapp stands on the work of others, each part under its own licence</source>
        <translation>Chatapp 建立在他人的成果之上，各部分有各自的许可证</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Asks {host} once a day for the list of releases. Nothing is installed</source>
        <translation>每天向 {host} 查询一次版本列表，不会安装任何东西</translation>
    </message>
    <message>
        <source>This build does not know where releases are</source>
        <translation>这个构建没有附带版本列表的地址</translation>
    </message>
    <message>
        <source>Look for new versions</source>
        <translation>查找新版本</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Show what is new</source>
        <translation>查看更新内容</translation>
    </message>
    <message>
        <source>Look now</source>
        <translation>立即查找</translation>
    </message>
    <message>
        <source>Newest version</source>
        <translation>最新版本</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Chatapp {version} is available</source>
        <translation>Chatapp {version} 已发布</translation>
    </message>
    <message>
        <source>This one</source>
        <translation>就是当前版本</translation>
    </message>
    <message>
        <source>Not looked for since the start</source>
        <translation>启动后还没有查找过</translation>
    </message>
    <message>
        <source>Show the licence of {name}</source>
        <translation>查看 {name} 的许可证</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Find in conversation</source>
        <translation>在对话中查找</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Show or hide conversations</source>
        <translation>显示或隐藏对话列表</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>New temporary conversation</source>
        <translation>新建临时对话</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新建文件夹</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Filter conversations</source>
        <translation>筛选对话</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>写消息</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Choose an assistant</source>
        <translation>选择助手</translation>
    </message>
    <message>
        <source>Insert a prompt</source>
        <translation>插入提示词</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Next version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Copy the last answer</source>
        <translation>复制最后一个回答</translation>
    </message>
    <message>
        <source>Copy the last code block</source>
        <translation>复制最后一个代码块</translation>
    </message>
    <message>
        <source>Edit the last answer</source>
        <translation>编辑最后一个回答</translation>
    </message>
    <message>
        <source>Branch into a new conversation</source>
        <translation>从这里另开新对话</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>Details of the last answer</source>
        <translation>最后一个回答的详情</translation>
    </message>
    <message>
        <source>Add a model from a file</source>
        <translation>从文件添加模型</translation>
    </message>
    <message>
        <source>All commands</source>
        <translation>所有命令</translation>
    </message>
    <message>
        <source>Show the conversation</source>
        <translation>查看对话</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>查看模型</translation>
    </message>
    <message>
        <source>Show assistants</source>
        <translation>查看助手</translation>
    </message>
    <message>
        <source>Show prompts</source>
        <translation>查看提示词</translation>
    </message>
    <message>
        <source>Show downloads</source>
        <translation>查看下载</translation>
    </message>
    <message>
        <source>Show the archive</source>
        <translation>查看归档</translation>
    </message>
    <message>
        <source>Show the Trash</source>
        <translation>查看废纸篓</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Text in its normal size</source>
        <translation>恢复文字大小</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Parameters of the conversation</source>
        <translation>对话参数</translation>
    </message>
    <message>
        <source>Branches</source>
        <translation>分支</translation>
    </message>
    <message>
        <source>Read the last answer aloud, or stop</source>
        <translation>朗读最后一个回答，或停止朗读</translation>
    </message>
    <message>
        <source>Quick ask</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>What&apos;s new</source>
        <translation>更新内容</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>How the model is loaded</source>
        <translation>模型的加载方式</translation>
    </message>
    <message>
        <source>Stop and ask</source>
        <translation>停下并询问</translation>
    </message>
    <message>
        <source>Leave out the oldest messages</source>
        <translation>略去最早的消息</translation>
    </message>
    <message>
        <source>Summarise the oldest messages</source>
        <translation>概括最早的消息</translation>
    </message>
    <message>
        <source>When the context is full</source>
        <translation>上下文已满时</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
</context>
<context>
    <name>AdapterList</name>
    <message>
        <source>Add adapter…</source>
        <translation>添加适配器…</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>LoRA files that change how it answers.</source>
        <translation>改变回答方式的 LoRA 文件。</translation>
    </message>
    <message>
        <source>{adapter}: the file is gone</source>
        <translation>{adapter}：文件已不存在</translation>
    </message>
    <message>
        <source>How much of {adapter} is used</source>
        <translation>{adapter} 的强度</translation>
    </message>
    <message>
        <source>Remove {adapter}</source>
        <translation>移除 {adapter}</translation>
    </message>
    <message>
        <source>Add adapter</source>
        <translation>添加适配器</translation>
    </message>
    <message>
        <source>Adapters (*.gguf)</source>
        <translation>适配器 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>AdvancedPage</name>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Settings as a file</source>
        <translation>设置文件</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Export settings</source>
        <translation>导出设置</translation>
    </message>
    <message>
        <source>For another computer; without access tokens and passwords</source>
        <translation>用于另一台电脑；不含访问令牌和密码</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Import settings</source>
        <translation>导入设置</translation>
    </message>
    <message>
        <source>Tells what would change before it does</source>
        <translation>先列出会更改的内容，再由你确认</translation>
    </message>
    <message>
        <source>All pages</source>
        <translation>所有页面</translation>
    </message>
    <message>
        <source>Reset…</source>
        <translation>重置…</translation>
    </message>
    <message>
        <source>Reset all settings</source>
        <translation>重置所有设置</translation>
    </message>
    <message>
        <source>Conversations, models, assistants and access tokens stay</source>
        <translation>对话、模型、助手和访问令牌都会保留</translation>
    </message>
    <message>
        <source>Settings (*.json)</source>
        <translation>设置 (*.json)</translation>
    </message>
    <message>
        <source>Exported to {name}</source>
        <translation>已导出到 {name}</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>The file says nothing else than what is set already.</source>
        <translation>文件中的设置与当前相同。</translation>
    </message>
    <message>
        <source>It would change: {names}.</source>
        <translation>将会更改：{names}。</translation>
    </message>
    <message>
        <source>{name} would be {address}.</source>
        <translation>“{name}”将改为 {address}。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln value(s) can&apos;t be used here.</source>
        <translation>
            <numerusform>有 %Ln 个值在这里无法使用。</numerusform>
        </translation>
    </message>
    <message>
        <source>Import these settings?</source>
        <translation>导入这些设置？</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message numerus="yes">
        <source>%Ln setting(s) changed</source>
        <translation>
            <numerusform>已更改 %Ln 项设置</numerusform>
        </translation>
    </message>
    <message>
        <source>Reset all settings?</source>
        <translation>重置所有设置？</translation>
    </message>
    <message>
        <source>Every setting of every page is as it was when Chatapp was new.</source>
        <translation>所有页面的设置都会恢复为初始值。</translation>
    </message>
    <message>
        <source>The file can&apos;t be read: {reason}</source>
        <translation>无法读取文件：{reason}</translation>
    </message>
</context>
<context>
    <name>AdvancedParameters</name>
    <message>
        <source>The last answer was made with {seed}.</source>
        <translation>上一个回答使用的种子是 {seed}。</translation>
    </message>
    <message>
        <source>It can&apos;t be used: {problem}.</source>
        <translation>无法使用：{problem}。</translation>
    </message>
    <message>
        <source>It is not used, because there is a JSON Schema.</source>
        <translation>已有 JSON Schema，因此不使用语法。</translation>
    </message>
    <message>
        <source>At 0 only penalties and token bias change the likeliest word.</source>
        <translation>为 0 时，只有惩罚和词元偏置会改变最可能的词。</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>低</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>High</source>
        <translation>高</translation>
    </message>
    <message>
        <source>As usual</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Choosing words</source>
        <translation>选词</translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation>重复</translation>
    </message>
</context>
<context>
    <name>AnswerFooter</name>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Branch into a new conversation</source>
        <translation>从这里另开新对话</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Leave out the oldest messages</source>
        <translation>略去最早的消息</translation>
    </message>
    <message>
        <source>Summarise them</source>
        <translation>概括它们</translation>
    </message>
    <message>
        <source>Use {length} tokens</source>
        <translation>改用 {length} 个词元</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
</context>
<context>
    <name>AnswerState</name>
    <message>
        <source>You stopped this answer.</source>
        <translation>你停止了这个回答。</translation>
    </message>
    <message>
        <source>Chatapp closed while this was being written.</source>
        <translation>生成这个回答时 Chatapp 关闭了。</translation>
    </message>
    <message>
        <source>The answer reached its length limit.</source>
        <translation>回答已达到长度上限。</translation>
    </message>
    <message>
        <source>The conversation is as long as the model can read.</source>
        <translation>对话已达到模型的上下文长度。</translation>
    </message>
    <message>
        <source>The answer could not be finished</source>
        <translation>回答未能完成</translation>
    </message>
    <message>
        <source>What was written is saved.</source>
        <translation>已写出的内容都已保存。</translation>
    </message>
    <message>
        <source>The answer could not be saved</source>
        <translation>回答未能保存</translation>
    </message>
    <message>
        <source>It is kept here and saved when that is possible again.</source>
        <translation>内容暂时保留在这里，可以保存时会自动保存。</translation>
    </message>
    <message>
        <source>The message is too long</source>
        <translation>消息太长</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>There is no answer</source>
        <translation>没有得到回答</translation>
    </message>
    <message>
        <source>Your message is saved.</source>
        <translation>你的消息已保存。</translation>
    </message>
    <message>
        <source>This conversation is longer than the model can read.</source>
        <translation>这个对话超出了模型能读取的长度。</translation>
    </message>
    <message>
        <source>It has {needed} tokens, and the model can read {available}.</source>
        <translation>它有 {needed} 个词元，而模型能读取 {available} 个。</translation>
    </message>
    <message>
        <source>{percent}%</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>{done} of {total} tokens</source>
        <translation>{done} / {total} 个词元</translation>
    </message>
    <message>
        <source>{count} reused</source>
        <translation>复用 {count} 个</translation>
    </message>
    <message>
        <source>Reading the prompt</source>
        <translation>正在读取提示</translation>
    </message>
    <message>
        <source>Summarising the oldest messages</source>
        <translation>正在概括最早的消息</translation>
    </message>
    <message>
        <source>Waiting for another answer</source>
        <translation>正在等待另一个回答</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>first token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>{count} of {total} prompt tokens reused</source>
        <translation>提示的 {total} 个词元中复用 {count} 个</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>种子 {seed}</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
</context>
<context>
    <name>AppearancePage</name>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Font</source>
        <translation>字体</translation>
    </message>
    <message>
        <source>Chinese and emoji come from the fallback fonts</source>
        <translation>中文和表情符号使用后备字体</translation>
    </message>
    <message>
        <source>Code font</source>
        <translation>代码字体</translation>
    </message>
    <message>
        <source>Column width</source>
        <translation>栏宽</translation>
    </message>
    <message>
        <source>How wide conversations may grow</source>
        <translation>对话区的最大宽度</translation>
    </message>
    <message>
        <source>Narrow</source>
        <translation>窄</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>全宽</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Details under answers</source>
        <translation>回答下方的详情</translation>
    </message>
    <message>
        <source>Model, tokens and speed; always under an answer that broke off</source>
        <translation>模型、词元数和速度；中断的回答下方始终显示</translation>
    </message>
    <message>
        <source>Wrap long lines in code</source>
        <translation>代码自动换行</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动画</translation>
    </message>
    <message>
        <source>Also when the system asks for it</source>
        <translation>系统要求减少动画时也会生效</translation>
    </message>
    <message>
        <source>Accent</source>
        <translation>强调色</translation>
    </message>
    <message>
        <source>For buttons, selection and focus</source>
        <translation>用于按钮、选中项和焦点</translation>
    </message>
    <message>
        <source>High contrast keeps its own colour; the other themes show this one.</source>
        <translation>高对比度主题保持自己的颜色；其他主题使用这个颜色。</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>Teal</source>
        <translation>青色</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>橙色</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>红色</translation>
    </message>
    <message>
        <source>Purple</source>
        <translation>紫色</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰色</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Also with {larger} and {smaller}</source>
        <translation>也可以按 {larger} 和 {smaller}</translation>
    </message>
    <message>
        <source>{count}%</source>
        <translation>{count}%</translation>
    </message>
</context>
<context>
    <name>ArchiveRow</name>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message numerus="yes">
        <source>Archive, %Ln conversation(s)</source>
        <translation>
            <numerusform>归档，%Ln 个对话</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Around</name>
    <message>
        <source>What was to be opened is no model file and no link to a model.</source>
        <translation>要打开的不是模型文件，也不是模型链接。</translation>
    </message>
    <message>
        <source>The answer could not be read aloud.</source>
        <translation>无法朗读回答。</translation>
    </message>
</context>
<context>
    <name>AssistantEditor</name>
    <message>
        <source>Whatever is loaded</source>
        <translation>当前加载的模型</translation>
    </message>
    <message>
        <source>{model}, not here now</source>
        <translation>{model}（目前不在这台电脑上）</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>What it is for</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Shown beside the name in lists.</source>
        <translation>在列表里显示在名称旁边。</translation>
    </message>
    <message>
        <source>Icon</source>
        <translation>图标</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>What the model is told before each conversation. Short numbered rules work best with small models.</source>
        <translation>每次对话开始前告诉模型的话。对小模型来说，简短的编号规则效果最好。</translation>
    </message>
    <message>
        <source>Starters</source>
        <translation>开场白</translation>
    </message>
    <message>
        <source>First messages to choose from, one per line. A text is added after a colon.</source>
        <translation>可供选择的第一条消息，每行一条。以冒号结尾的，等你接着写。</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>The model that answers.</source>
        <translation>由哪个模型回答。</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
</context>
<context>
    <name>AssistantsPage</name>
    <message>
        <source>Show conversations</source>
        <translation>显示对话列表</translation>
    </message>
    <message>
        <source>Assistants and prompts</source>
        <translation>助手和提示词</translation>
    </message>
    <message>
        <source>Assistants</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message numerus="yes">
        <source>%Ln line(s)</source>
        <translation>
            <numerusform>%Ln 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
</context>
<context>
    <name>AttachmentList</name>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message numerus="yes">
        <source>And %Ln more.</source>
        <translation>
            <numerusform>还有 %Ln 个。</numerusform>
        </translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
    <message>
        <source>At most {count} files can go with one message.</source>
        <translation>一条消息最多附带 {count} 个文件。</translation>
    </message>
</context>
<context>
    <name>AttachmentPreview</name>
    <message>
        <source>Content</source>
        <translation>内容</translation>
    </message>
    <message numerus="yes">
        <source>The first %Ln line(s)</source>
        <translation>
            <numerusform>前 %Ln 行</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Badge</name>
    <message>
        <source>Fits</source>
        <translation>合适</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>勉强</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>太大</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>BranchTree</name>
    <message>
        <source>Branches</source>
        <translation>分支</translation>
    </message>
    <message>
        <source>Messages with their versions</source>
        <translation>消息及其版本</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Nothing was said yet.</source>
        <translation>还没有消息。</translation>
    </message>
</context>
<context>
    <name>CatalogCard</name>
    <message>
        <source>In library</source>
        <translation>已在模型库</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Needs permission</source>
        <translation>需要许可</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在开始</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>How to get it</source>
        <translation>如何获取</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>ChatPane</name>
    <message>
        <source>The conversation can&apos;t be opened</source>
        <translation>无法打开对话</translation>
    </message>
    <message>
        <source>The message was not sent</source>
        <translation>消息未发送</translation>
    </message>
    <message>
        <source>The answer was not begun</source>
        <translation>回答未能开始</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>没有任何更改</translation>
    </message>
    <message>
        <source>What you are writing can&apos;t be kept</source>
        <translation>无法保存正在输入的内容</translation>
    </message>
</context>
<context>
    <name>ChoiceField</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic: {value}</source>
        <translation>自动：{value}</translation>
    </message>
</context>
<context>
    <name>CodeLayout</name>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Save code as a file</source>
        <translation>将代码存为文件</translation>
    </message>
    <message>
        <source>Wrap lines</source>
        <translation>自动换行</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>All commands</source>
        <translation>所有命令</translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation>搜索命令</translation>
    </message>
    <message>
        <source>Search commands, models, conversations</source>
        <translation>搜索命令、模型、对话</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Type @ for assistants, / for prompts</source>
        <translation>输入 @ 查找助手，/ 查找提示词</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近使用</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Attach files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Write the next message. It is sent when this answer ends.</source>
        <translation>写下一条消息。这个回答结束后就会发送。</translation>
    </message>
    <message>
        <source>Message {model}</source>
        <translation>给 {model} 发消息</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>写消息</translation>
    </message>
</context>
<context>
    <name>ComposerBar</name>
    <message>
        <source>No assistant</source>
        <translation>没有助手</translation>
    </message>
    <message>
        <source>Assistant: {name}</source>
        <translation>助手：{name}</translation>
    </message>
    <message>
        <source>{name}. Type @ to choose another.</source>
        <translation>{name}。输入 @ 可以换一个。</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Insert a prompt. Type / at the beginning of a line.</source>
        <translation>插入提示词。也可以在行首输入 /。</translation>
    </message>
</context>
<context>
    <name>ComposerCompletion</name>
    <message>
        <source>Assistants</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Edit assistants…</source>
        <translation>编辑助手…</translation>
    </message>
    <message>
        <source>Edit prompts…</source>
        <translation>编辑提示词…</translation>
    </message>
</context>
<context>
    <name>ConnectionDialog</name>
    <message>
        <source>Hub and network</source>
        <translation>Hub 与网络</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>ConnectionSettings</name>
    <message>
        <source>huggingface.co, the official one</source>
        <translation>huggingface.co（官方）</translation>
    </message>
    <message>
        <source>hf-mirror.com, a mirror</source>
        <translation>hf-mirror.com（镜像）</translation>
    </message>
    <message>
        <source>Another address</source>
        <translation>其他地址</translation>
    </message>
    <message>
        <source>Address of the Hub</source>
        <translation>Hub 地址</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>访问令牌</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Paste a token first</source>
        <translation>先粘贴令牌</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Keep the computer awake</source>
        <translation>保持电脑唤醒</translation>
    </message>
    <message>
        <source>Several connections</source>
        <translation>多个连接</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>For search and downloads</source>
        <translation>用于搜索和下载</translation>
    </message>
    <message>
        <source>Of a mirror or of your own Hub</source>
        <translation>镜像或自建 Hub 的地址</translation>
    </message>
    <message>
        <source>Empty: the one of the system</source>
        <translation>留空则使用系统代理</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA 文件</translation>
    </message>
    <message>
        <source>Certificates to trust besides those of the system, for company networks</source>
        <translation>除系统证书外还要信任的证书，用于公司网络</translation>
    </message>
    <message>
        <source>No connections at all; everything on this computer works as ever</source>
        <translation>不建立任何连接；这台电脑上的一切照常使用</translation>
    </message>
    <message>
        <source>Asks for one model and for one byte of its file</source>
        <translation>查询一个模型，并读取其文件的一个字节</translation>
    </message>
    <message>
        <source>While something is being downloaded</source>
        <translation>下载期间</translation>
    </message>
    <message>
        <source>Faster where a server is slow for each of them; from the next file on</source>
        <translation>服务器限制单个连接速度时更快；从下一个文件起生效</translation>
    </message>
    <message>
        <source>Hub</source>
        <translation>Hub</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Not sent: the connection to {host} can be read on the way</source>
        <translation>不会发送：到 {host} 的连接可能被中途读取</translation>
    </message>
    <message>
        <source>Kept in the system&apos;s keyring and sent to {host} only</source>
        <translation>保存在系统密钥环中，只发送给 {host}</translation>
    </message>
    <message>
        <source>Sent to {host} only</source>
        <translation>只发送给 {host}</translation>
    </message>
    <message>
        <source>No keyring on this computer: kept for this session only.</source>
        <translation>这台电脑没有密钥环：仅在本次运行中保留。</translation>
    </message>
    <message>
        <source>For models that need permission; sent to {host} only</source>
        <translation>用于需要许可的模型；只发送给 {host}</translation>
    </message>
    <message>
        <source>A proxy is written as {example}.</source>
        <translation>代理的写法如 {example}。</translation>
    </message>
    <message>
        <source>Choose a CA file</source>
        <translation>选择 CA 文件</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation>证书 (*.pem *.crt *.cer)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>The connection is being tested</source>
        <translation>正在测试连接</translation>
    </message>
    <message>
        <source>Asking {host}</source>
        <translation>正在询问 {host}</translation>
    </message>
    <message>
        <source>{host} answers, but has no model to try</source>
        <translation>{host} 有响应，但没有可供测试的模型</translation>
    </message>
    <message>
        <source>{host} answers and gives data</source>
        <translation>{host} 有响应，数据可以下载</translation>
    </message>
    <message>
        <source>{host} answers, and {data} gives data</source>
        <translation>{host} 有响应，{data} 可以下载数据</translation>
    </message>
    <message>
        <source>{host} answers, but the data lies on {data}: {sentence}</source>
        <translation>{host} 有响应，但数据在 {data} 上：{sentence}</translation>
    </message>
    <message>
        <source>{host} answers, but gives no data: {sentence}</source>
        <translation>{host} 有响应，但不提供数据：{sentence}</translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>Title of this conversation</source>
        <translation>对话标题</translation>
    </message>
    <message>
        <source>Name of this folder</source>
        <translation>文件夹名称</translation>
    </message>
</context>
<context>
    <name>ConversationDrag</name>
    <message numerus="yes">
        <source>%Ln item(s)</source>
        <translation>
            <numerusform>%Ln 项</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message>
        <source>Temporary</source>
        <translation>临时</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
    <message>
        <source>Previous 30 days</source>
        <translation>过去 30 天</translation>
    </message>
    <message>
        <source>MMMM</source>
        <comment>a month of this year: a date format of Qt</comment>
        <translation>M 月</translation>
    </message>
    <message>
        <source>MMMM yyyy</source>
        <comment>a month: a date format of Qt</comment>
        <translation>yyyy 年 M 月</translation>
    </message>
    <message>
        <source>Temporary conversation</source>
        <translation>临时对话</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>in the archive</source>
        <translation>在归档中</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>tags: {tags}</source>
        <translation>标签：{tags}</translation>
    </message>
    <message>
        <source>an answer is being written</source>
        <translation>正在生成回答</translation>
    </message>
    <message>
        <source>new answer</source>
        <translation>有新回答</translation>
    </message>
    <message>
        <source>folder {name}, {count}, open</source>
        <translation>文件夹 {name}，{count} 个，已展开</translation>
    </message>
    <message>
        <source>folder {name}, {count}, closed</source>
        <translation>文件夹 {name}，{count} 个，已折叠</translation>
    </message>
</context>
<context>
    <name>ConversationMenus</name>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消置顶</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>{title} (copy)</source>
        <translation>{title}（副本）</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>Take out of the archive</source>
        <translation>移出归档</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Delete for good…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>New folder inside</source>
        <translation>新建子文件夹</translation>
    </message>
    <message>
        <source>Delete the folder, keep what is in it</source>
        <translation>删除文件夹，保留其中的内容</translation>
    </message>
    <message>
        <source>Move to folder</source>
        <translation>移到文件夹</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新建文件夹</translation>
    </message>
    <message>
        <source>No folder</source>
        <translation>不放入文件夹</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>New tag…</source>
        <translation>新标签…</translation>
    </message>
    <message>
        <source>Delete “{title}” for good?</source>
        <translation>永久删除“{title}”？</translation>
    </message>
    <message>
        <source>The conversation and all of its messages are lost. This can&apos;t be undone.</source>
        <translation>这个对话和其中的所有消息都会被删除，无法撤销。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
</context>
<context>
    <name>ConversationView</name>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>DetailsBlock</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>DiscoverFoot</name>
    <message>
        <source>Loading more</source>
        <translation>正在加载更多</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>No model is like that.</source>
        <translation>没有符合条件的模型。</translation>
    </message>
    <message>
        <source>Only models with GGUF files are listed. Try fewer words.</source>
        <translation>只列出有 GGUF 文件的模型。可以少用几个词。</translation>
    </message>
    <message>
        <source>The filters may hide what you look for.</source>
        <translation>要找的模型可能被筛选条件隐藏了。</translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation>清除搜索</translation>
    </message>
</context>
<context>
    <name>DiscoverHead</name>
    <message>
        <source>Searching {host}</source>
        <translation>正在搜索 {host}</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Fits means: weights, {context} and buffers in memory that is free now</source>
        <translation>“合适”指权重、缓冲区加上 {context}，都能放进当前空闲的内存</translation>
    </message>
    <message>
        <source>The list below comes with Chatapp; what is on this computer works as ever.</source>
        <translation>下面的列表是 Chatapp 自带的；这台电脑上的模型照常使用。</translation>
    </message>
    <message>
        <source>Connections are off</source>
        <translation>连接已关闭</translation>
    </message>
    <message>
        <source>The Hub can&apos;t be asked now</source>
        <translation>现在无法询问 Hub</translation>
    </message>
    <message>
        <source>No connection to the Hub</source>
        <translation>无法连接 Hub</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use hf-mirror.com</source>
        <translation>使用 hf-mirror.com</translation>
    </message>
</context>
<context>
    <name>DiscoverTab</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>{size} memory</source>
        <translation>{size} 内存</translation>
    </message>
</context>
<context>
    <name>DownloadNote</name>
    <message>
        <source>Downloads: {state}</source>
        <translation>下载：{state}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln need(s) you</source>
        <translation>
            <numerusform>%Ln 项需要处理</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Downloaded</source>
        <translation>已下载</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>Free up space</source>
        <translation>腾出空间</translation>
    </message>
    <message>
        <source>Move models folder…</source>
        <translation>移动模型文件夹…</translation>
    </message>
    <message>
        <source>How to get it</source>
        <translation>如何获取</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Try again now</source>
        <translation>立即重试</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>DownloadsTab</name>
    <message>
        <source>Needs you</source>
        <translation>需要处理</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Clear list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Cancel the download of {name}?</source>
        <translation>取消下载 {name}？</translation>
    </message>
    <message>
        <source>The {size} that are here already are deleted. Pause it instead to go on later.</source>
        <translation>已下载的 {size} 会被删除。想以后继续，可以改为暂停。</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Cancel the download</source>
        <translation>取消下载</translation>
    </message>
</context>
<context>
    <name>EnginePage</name>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>所有模型</translation>
    </message>
    <message>
        <source>Unload when idle</source>
        <translation>空闲时卸载</translation>
    </message>
    <message>
        <source>Gives all memory back; the next message loads it again</source>
        <translation>归还全部内存；下一条消息会重新加载</translation>
    </message>
    <message>
        <source>Tune new models</source>
        <translation>为新模型调优</translation>
    </message>
    <message>
        <source>Measures each one once, when nothing is asked</source>
        <translation>没有提问时测量一次</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Of models without a choice of their own, from the next time they are loaded</source>
        <translation>用于没有单独设置的模型，下次加载时生效</translation>
    </message>
    <message>
        <source>Memory of conversations</source>
        <translation>模型读过的内容</translation>
    </message>
    <message>
        <source>Space on disk</source>
        <translation>磁盘空间</translation>
    </message>
    <message>
        <source>What models have read is kept, so that long conversations go on at once. Holds from the next start of Chatapp</source>
        <translation>保存模型读过的内容，长对话可以立即继续。下次启动 Chatapp 时生效</translation>
    </message>
    <message>
        <source>Engines</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Run models with</source>
        <translation>运行模型所用的引擎</translation>
    </message>
    <message>
        <source>Add file…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>From a file</source>
        <translation>从文件添加</translation>
    </message>
    <message>
        <source>A wheel of llama-cpp-python. It is a program: add only what you trust</source>
        <translation>llama-cpp-python 的 wheel 文件。它是程序：只添加信得过的</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>构建版本</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>From the internet</source>
        <translation>从网上下载</translation>
    </message>
    <message>
        <source>For graphics cards, from the makers of llama-cpp-python: abetlen.github.io, github.com</source>
        <translation>用于显卡，来自 llama-cpp-python 的作者：abetlen.github.io、github.com</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Built-in</source>
        <translation>自带</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>From the next time a model is loaded</source>
        <translation>下次加载模型时生效</translation>
    </message>
    <message>
        <source>Runs now: llama.cpp {version}, {backend}</source>
        <translation>正在运行：llama.cpp {version}，{backend}</translation>
    </message>
    <message>
        <source>The built-in one runs instead: llama.cpp {version}, {backend}</source>
        <translation>改为运行自带的引擎：llama.cpp {version}，{backend}</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>移除 {name}？</translation>
    </message>
    <message>
        <source>Its files are deleted. To have it again it must be added again.</source>
        <translation>它的文件会被删除。要再次使用，需要重新添加。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Add an engine</source>
        <translation>添加引擎</translation>
    </message>
    <message>
        <source>Wheels (*.whl)</source>
        <translation>Wheel 文件 (*.whl)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>{name} was added. Choose it above to run models with it</source>
        <translation>已添加 {name}。在上面选择它，就会用它运行模型</translation>
    </message>
    <message>
        <source>Reconnecting. Nothing is lost: {size}</source>
        <translation>正在重新连接，已下载的内容不会丢失：{size}</translation>
    </message>
    <message>
        <source>Unpacking: {size}</source>
        <translation>正在解压：{size}</translation>
    </message>
    <message>
        <source>Downloading: {size}</source>
        <translation>正在下载：{size}</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message numerus="yes">
        <source>%Ln minute(s)</source>
        <translation>
            <numerusform>%Ln 分钟</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln hour(s)</source>
        <translation>
            <numerusform>%Ln 小时</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>As much as fits</source>
        <translation>尽可能大</translation>
    </message>
    <message>
        <source>Keep nothing</source>
        <translation>不保存</translation>
    </message>
</context>
<context>
    <name>EntriesTab</name>
    <message>
        <source>It needs a name.</source>
        <translation>需要填写名称。</translation>
    </message>
    <message>
        <source>It needs a name and a text.</source>
        <translation>需要填写名称和文字。</translation>
    </message>
    <message>
        <source>New</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>“{name}” was deleted.</source>
        <translation>“{name}”已删除。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln were deleted.</source>
        <translation>
            <numerusform>已删除 %Ln 个。</numerusform>
        </translation>
    </message>
    <message>
        <source>“{name}” was reset.</source>
        <translation>“{name}”已重置。</translation>
    </message>
    <message>
        <source>Assistants</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>New assistant</source>
        <translation>新建助手</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>New prompt</source>
        <translation>新建提示词</translation>
    </message>
    <message>
        <source>Use in a new conversation</source>
        <translation>用于新对话</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Undo every change to it</source>
        <translation>撤销对它的所有修改</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>Chatapp ended unexpectedly last time</source>
        <translation>Chatapp 上次意外退出</translation>
    </message>
    <message>
        <source>Your conversations are saved. The details below stay on this computer; nothing is sent anywhere.</source>
        <translation>你的对话都已保存。下面的详情只留在这台电脑上，不会发送出去。</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>发生了意外错误</translation>
    </message>
    <message>
        <source>Your conversations are saved and you can go on. The details below stay on this computer; nothing is sent anywhere.</source>
        <translation>你的对话都已保存，可以继续使用。下面的详情只留在这台电脑上，不会发送出去。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <source>{name}: back to automatic</source>
        <translation>{name}：恢复自动</translation>
    </message>
</context>
<context>
    <name>FileRow</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>How to get it</source>
        <translation>如何获取</translation>
    </message>
    <message>
        <source>In library</source>
        <translation>已在模型库</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在开始</translation>
    </message>
</context>
<context>
    <name>FilesHead</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>In memory</source>
        <translation>内存占用</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
</context>
<context>
    <name>FilesTable</name>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>还有 %Ln 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln file(s)</source>
        <translation>
            <numerusform>全部 %Ln 个文件</numerusform>
        </translation>
    </message>
    <message>
        <source>Other files</source>
        <translation>其他文件</translation>
    </message>
    <message>
        <source>Only the recommended file</source>
        <translation>只看推荐的文件</translation>
    </message>
</context>
<context>
    <name>Filing</name>
    <message numerus="yes">
        <source>%Ln conversation(s) moved</source>
        <translation>
            <numerusform>已移动 %Ln 个对话</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln conversation(s) archived</source>
        <translation>
            <numerusform>已归档 %Ln 个对话</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln conversation(s) taken out of the archive</source>
        <translation>
            <numerusform>已将 %Ln 个对话移出归档</numerusform>
        </translation>
    </message>
    <message>
        <source>Moved to Trash</source>
        <translation>已移到废纸篓</translation>
    </message>
    <message numerus="yes">
        <source>%Ln conversation(s) moved to Trash</source>
        <translation>
            <numerusform>已将 %Ln 个对话移到废纸篓</numerusform>
        </translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新建文件夹</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>视觉</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Fits this computer</source>
        <translation>适合这台电脑</translation>
    </message>
    <message>
        <source>Up to {count} billion</source>
        <translation>不超过 {count}B</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>任意大小</translation>
    </message>
    <message>
        <source>Over 15 billion</source>
        <translation>15B 以上</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Any licence</source>
        <translation>任意许可证</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>在这个对话中查找</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一个匹配项</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一个匹配项</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>正在查找</translation>
    </message>
    <message>
        <source>About {total}</source>
        <translation>约 {total} 个</translation>
    </message>
    <message>
        <source>No matches</source>
        <translation>没有匹配项</translation>
    </message>
    <message numerus="yes">
        <source>%Ln match(es)</source>
        <translation>
            <numerusform>%Ln 个匹配项</numerusform>
        </translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>第 {number} 个，共 {total} 个</translation>
    </message>
</context>
<context>
    <name>FitBar</name>
    <message>
        <source>{part} free now</source>
        <translation>当前空闲 {part}</translation>
    </message>
    <message>
        <source>needs {need}, {free} free now</source>
        <translation>需要 {need}，当前空闲 {free}</translation>
    </message>
    <message>
        <source>{size} in all</source>
        <translation>共 {size}</translation>
    </message>
    <message>
        <source>Used by others</source>
        <translation>其他程序占用</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Buffers</source>
        <translation>缓冲区</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
</context>
<context>
    <name>FitCard</name>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Context memory</source>
        <translation>上下文精度</translation>
    </message>
    <message>
        <source>Fits this computer</source>
        <translation>适合这台电脑</translation>
    </message>
    <message>
        <source>Just fits this computer</source>
        <translation>勉强适合这台电脑</translation>
    </message>
    <message>
        <source>Too large for this computer</source>
        <translation>对这台电脑来说太大</translation>
    </message>
    <message>
        <source>{size} missing</source>
        <translation>缺少 {size}</translation>
    </message>
    <message>
        <source>{size} to spare</source>
        <translation>剩余 {size}</translation>
    </message>
    <message>
        <source>This counts {size} that unloading the present model gives back.</source>
        <translation>其中 {size} 来自卸载当前模型。</translation>
    </message>
    <message>
        <source>When it was last loaded: estimated {estimated}, measured {measured}.</source>
        <translation>上次加载时：估计 {estimated}，实测 {measured}。</translation>
    </message>
    <message>
        <source>Main memory</source>
        <translation>内存</translation>
    </message>
</context>
<context>
    <name>FontCombo</name>
    <message>
        <source>System: {font}</source>
        <translation>系统：{font}</translation>
    </message>
</context>
<context>
    <name>GatedNotice</name>
    <message>
        <source>{maker} wants its terms accepted first</source>
        <translation>需要先接受 {maker} 的条款</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>Change the access token</source>
        <translation>更改访问令牌</translation>
    </message>
    <message>
        <source>Enter an access token</source>
        <translation>输入访问令牌</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Open the page, log in and accept the terms.</source>
        <translation>打开页面，登录并接受条款。</translation>
    </message>
    <message>
        <source>Open the page, log in and ask for access; the maker answers by mail.</source>
        <translation>打开页面，登录并申请访问权限；发布者会用邮件答复。</translation>
    </message>
    <message>
        <source>The access token must be of the same account.</source>
        <translation>访问令牌必须属于同一个账号。</translation>
    </message>
    <message>
        <source>Then enter an access token of your account and download as usual.</source>
        <translation>然后输入你账号的访问令牌，照常下载。</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of the window; models answer in the language that you write in</source>
        <translation>界面的语言；模型用你提问的语言回答</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Enter sends</source>
        <translation>按 Enter 发送</translation>
    </message>
    <message>
        <source>Otherwise Ctrl+Enter does, and Enter begins a new line</source>
        <translation>关闭后用 Ctrl+Enter 发送，Enter 换行</translation>
    </message>
    <message>
        <source>Keep the question at the top</source>
        <translation>问题固定在顶部</translation>
    </message>
    <message>
        <source>While its answer is written; otherwise the end of the answer is followed</source>
        <translation>仅在生成回答时；关闭后跟随回答的末尾</translation>
    </message>
    <message>
        <source>Attach long pasted texts</source>
        <translation>粘贴的长文本转为附件</translation>
    </message>
    <message>
        <source>Otherwise they stay in the field</source>
        <translation>关闭后留在输入框中</translation>
    </message>
    <message>
        <source>Long is more than</source>
        <translation>多长算长文本</translation>
    </message>
    <message>
        <source>Around the window</source>
        <translation>窗口之外</translation>
    </message>
    <message>
        <source>Notify</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>When a long answer ends while something else is in front</source>
        <translation>窗口不在前台时，长回答完成后提醒</translation>
    </message>
    <message>
        <source>Tray icon</source>
        <translation>托盘图标</translation>
    </message>
    <message>
        <source>An icon among those of the system</source>
        <translation>在系统托盘中显示图标</translation>
    </message>
    <message>
        <source>Stay in the tray</source>
        <translation>留在托盘</translation>
    </message>
    <message>
        <source>Closing the window leaves Chatapp behind its tray icon</source>
        <translation>关闭窗口后，Chatapp 仍留在托盘中</translation>
    </message>
    <message>
        <source>This system has no place for icons now.</source>
        <translation>当前系统没有可以放图标的托盘。</translation>
    </message>
    <message>
        <source>No pasted text is attached now</source>
        <translation>目前粘贴的文本不会转为附件</translation>
    </message>
    <message>
        <source>There is no tray icon now</source>
        <translation>目前没有托盘图标</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>{count} characters</source>
        <translation>超过 {count} 个字符</translation>
    </message>
</context>
<context>
    <name>GenerationPage</name>
    <message>
        <source>Generation</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>New answers</source>
        <translation>新回答</translation>
    </message>
    <message>
        <source>Creativity</source>
        <translation>创意</translation>
    </message>
    <message>
        <source>From the next answer on, where the conversation has no choice of its own</source>
        <translation>从下一个回答起生效；对话有单独设置时除外</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>From the next answer on; one that was cut off can be continued</source>
        <translation>从下一个回答起生效；被截断的回答可以继续</translation>
    </message>
    <message>
        <source>New conversations</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>When the context is full</source>
        <translation>上下文已满时</translation>
    </message>
    <message>
        <source>Can be changed in each conversation, in the menu of its token meter</source>
        <translation>可以在每个对话的词元计量条菜单中更改</translation>
    </message>
    <message>
        <source>What suits the model</source>
        <translation>按模型的建议</translation>
    </message>
    <message>
        <source>{figure}, always the likeliest word</source>
        <translation>{figure}，总选最可能的词</translation>
    </message>
    <message>
        <source>{figure}, balanced</source>
        <translation>{figure}，均衡</translation>
    </message>
    <message>
        <source>{figure}, creative</source>
        <translation>{figure}，有创意</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>Stop and ask</source>
        <translation>停下并询问</translation>
    </message>
    <message>
        <source>Leave out the oldest messages</source>
        <translation>略去最早的消息</translation>
    </message>
    <message>
        <source>Summarise the oldest messages</source>
        <translation>概括最早的消息</translation>
    </message>
</context>
<context>
    <name>GreyRows</name>
    <message>
        <source>Looking for models</source>
        <translation>正在查找模型</translation>
    </message>
</context>
<context>
    <name>Grip</name>
    <message>
        <source>Drag to change the order</source>
        <translation>拖动以调整顺序</translation>
    </message>
    <message>
        <source>Move {name} up or down</source>
        <translation>上移或下移 {name}</translation>
    </message>
</context>
<context>
    <name>Head</name>
    <message>
        <source>Show conversations</source>
        <translation>显示对话列表</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Discover</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>模型库</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Add from file</source>
        <translation>从文件添加</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
</context>
<context>
    <name>HubPage</name>
    <message>
        <source>Hub and network</source>
        <translation>Hub 与网络</translation>
    </message>
</context>
<context>
    <name>IconChoice</name>
    <message>
        <source>Icon</source>
        <translation>图标</translation>
    </message>
    <message>
        <source>Speech bubble</source>
        <translation>对话气泡</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人</translation>
    </message>
    <message>
        <source>Headset</source>
        <translation>耳机</translation>
    </message>
    <message>
        <source>Pencil</source>
        <translation>铅笔</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Light bulb</source>
        <translation>灯泡</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Magnifying glass</source>
        <translation>放大镜</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Globe</source>
        <translation>地球</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>时钟</translation>
    </message>
    <message>
        <source>Shield</source>
        <translation>盾牌</translation>
    </message>
    <message>
        <source>Wrench</source>
        <translation>扳手</translation>
    </message>
</context>
<context>
    <name>ImageLayout</name>
    <message>
        <source>Image</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>{name} can&apos;t be shown</source>
        <translation>无法显示 {name}</translation>
    </message>
</context>
<context>
    <name>JumpPill</name>
    <message>
        <source>Jump to latest</source>
        <translation>跳到最新</translation>
    </message>
    <message numerus="yes">
        <source>%Ln new</source>
        <translation>
            <numerusform>%Ln 条新消息</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KeyField</name>
    <message>
        <source>Press keys</source>
        <translation>按下快捷键</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{action}: {keys}</source>
        <translation>{action}：{keys}</translation>
    </message>
    <message>
        <source>Press, then the new keys. Backspace takes them away.</source>
        <translation>点击后按下新的快捷键，按退格键清除。</translation>
    </message>
</context>
<context>
    <name>KeyboardPage</name>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>From anywhere</source>
        <translation>在任何地方</translation>
    </message>
    <message>
        <source>Quick ask</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Opens a small window for one question</source>
        <translation>打开只问一个问题的小窗口</translation>
    </message>
    <message>
        <source>Bind the command chatapp --quick-ask in the settings of the system</source>
        <translation>在系统设置中为命令 chatapp --quick-ask 指定快捷键</translation>
    </message>
    <message>
        <source>Use Ctrl or Alt with a letter, a digit, Space or a function key.</source>
        <translation>请使用 Ctrl 或 Alt 加字母、数字、空格或功能键。</translation>
    </message>
    <message>
        <source>Another program has these keys.</source>
        <translation>这个快捷键已被其他程序占用。</translation>
    </message>
</context>
<context>
    <name>LibraryColumns</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>Speed here</source>
        <translation>本机速度</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>LibraryDelegate</name>
    <message>
        <source>Loaded</source>
        <translation>已加载</translation>
    </message>
</context>
<context>
    <name>LibraryList</name>
    <message>
        <source>Models on this computer</source>
        <translation>这台电脑上的模型</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Use it in a new conversation</source>
        <translation>用它开始新对话</translation>
    </message>
</context>
<context>
    <name>LibraryPanel</name>
    <message>
        <source>Add model from file</source>
        <translation>从文件添加模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Move models folder to</source>
        <translation>将模型文件夹移动到</translation>
    </message>
    <message>
        <source>Not all folders were searched</source>
        <translation>有文件夹未能搜索</translation>
    </message>
    <message>
        <source>One of them does not answer. What is in the others is shown.</source>
        <translation>其中一个没有响应。已显示其他文件夹中的内容。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The model can&apos;t be added</source>
        <translation>无法添加模型</translation>
    </message>
    <message>
        <source>Delete for good…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>{model} could not be removed</source>
        <translation>无法移除 {model}</translation>
    </message>
    <message>
        <source>Search another folder</source>
        <translation>搜索其他文件夹</translation>
    </message>
    <message>
        <source>The list of folders can&apos;t be changed</source>
        <translation>无法更改文件夹列表</translation>
    </message>
</context>
<context>
    <name>LibraryTab</name>
    <message>
        <source>Find in the library</source>
        <translation>在模型库中查找</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Largest first</source>
        <translation>从大到小</translation>
    </message>
    <message>
        <source>Fastest first</source>
        <translation>从快到慢</translation>
    </message>
    <message>
        <source>Sorting</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Delete {model} for good?</source>
        <translation>永久删除 {model}？</translation>
    </message>
    <message>
        <source>{size} are freed at once. This can&apos;t be undone.</source>
        <translation>会立即释放 {size}。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>Models that you download or add appear here, and those of LM Studio, Ollama, Jan and GPT4All, which are used where they lie.</source>
        <translation>下载或添加的模型会显示在这里。LM Studio、Ollama、Jan 和 GPT4All 的模型也会显示，并在原位置使用。</translation>
    </message>
    <message>
        <source>Discover models</source>
        <translation>发现模型</translation>
    </message>
    <message>
        <source>Add from file…</source>
        <translation>从文件添加…</translation>
    </message>
    <message>
        <source>Looking for models</source>
        <translation>正在查找模型</translation>
    </message>
    <message numerus="yes">
        <source>%Ln model(s) · {size}</source>
        <translation>
            <numerusform>%Ln 个模型 · {size}</numerusform>
        </translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Move models folder…</source>
        <translation>移动模型文件夹…</translation>
    </message>
    <message>
        <source>Search another folder…</source>
        <translation>搜索其他文件夹…</translation>
    </message>
    <message>
        <source>Stop searching {folder}</source>
        <translation>不再搜索 {folder}</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>This model can&apos;t write answers.</source>
        <translation>这个模型不能生成回答。</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>How it is loaded…</source>
        <translation>加载方式…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Compare with the original</source>
        <translation>与原件比对</translation>
    </message>
    <message>
        <source>Make smaller…</source>
        <translation>缩小…</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Move to Trash…</source>
        <translation>移到废纸篓…</translation>
    </message>
    <message>
        <source>This file can&apos;t be read as a complete model.</source>
        <translation>这个文件不是完整的模型。</translation>
    </message>
    <message>
        <source>It is as small as it can be made here.</source>
        <translation>已经无法再缩小。</translation>
    </message>
    <message>
        <source>It belongs to {program}. Delete it there.</source>
        <translation>它属于 {program}。请在那里删除。</translation>
    </message>
    <message>
        <source>It comes with Chatapp.</source>
        <translation>它是 Chatapp 自带的。</translation>
    </message>
    <message>
        <source>It lies in a folder that you added. Chatapp changes nothing there.</source>
        <translation>它在你添加的文件夹中。Chatapp 不会更改那里的内容。</translation>
    </message>
    <message>
        <source>{model} stays</source>
        <translation>{model} 仍在原处</translation>
    </message>
    <message>
        <source>Emptying the system&apos;s trash frees {size}.</source>
        <translation>清空系统废纸篓后可释放 {size}。</translation>
    </message>
    <message>
        <source>Conversations that used it stay and can go on with another model.</source>
        <translation>用过它的对话会保留，可以换用其他模型继续。</translation>
    </message>
    <message>
        <source>It is loaded now and will be unloaded.</source>
        <translation>它现在已加载，将会卸载。</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <comment>two sentences</comment>
        <translation>{first}{second}</translation>
    </message>
    <message>
        <source>Move {model} to the Trash?</source>
        <translation>将 {model} 移到废纸篓？</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
</context>
<context>
    <name>LibraryWork</name>
    <message>
        <source>The models folder can&apos;t be moved now</source>
        <translation>现在无法移动模型文件夹</translation>
    </message>
    <message>
        <source>Pause the downloads first. They go on in the new folder.</source>
        <translation>请先暂停下载。之后会在新文件夹中继续。</translation>
    </message>
    <message>
        <source>Comparing {model} with the original, {amount}</source>
        <translation>正在将 {model} 与原件比对，{amount}</translation>
    </message>
    <message>
        <source>{model} is damaged</source>
        <translation>{model} 已损坏</translation>
    </message>
    <message>
        <source>The file differs from the original. Download it again.</source>
        <translation>文件与原件不一致。请重新下载。</translation>
    </message>
    <message>
        <source>{model} could not be compared</source>
        <translation>无法比对 {model}</translation>
    </message>
    <message>
        <source>Moving the models, {amount}</source>
        <translation>正在移动模型，{amount}</translation>
    </message>
    <message>
        <source>The models folder could not be moved</source>
        <translation>无法移动模型文件夹</translation>
    </message>
    <message>
        <source>Moving the models</source>
        <translation>正在移动模型</translation>
    </message>
    <message>
        <source>Bringing the models back, {amount}</source>
        <translation>正在移回模型，{amount}</translation>
    </message>
    <message>
        <source>The models could not be brought back</source>
        <translation>无法移回模型</translation>
    </message>
    <message>
        <source>Bringing the models back</source>
        <translation>正在移回模型</translation>
    </message>
    <message>
        <source>The models folder was moved only in part</source>
        <translation>模型文件夹只移动了一部分</translation>
    </message>
    <message>
        <source>All models can be used from where they are now.</source>
        <translation>所有模型都可以在当前位置使用。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Bring them back</source>
        <translation>移回</translation>
    </message>
    <message>
        <source>Something else is being done</source>
        <translation>正在进行其他操作</translation>
    </message>
    <message>
        <source>Try again when it has ended.</source>
        <translation>请等它结束后再试。</translation>
    </message>
</context>
<context>
    <name>LoadPanel</name>
    <message>
        <source>How the model is loaded</source>
        <translation>模型的加载方式</translation>
    </message>
    <message>
        <source>How it is loaded</source>
        <translation>加载方式</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Counted by llama.cpp without loading it</source>
        <translation>由 llama.cpp 计算，未加载模型</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>It is loaded like this</source>
        <translation>已按此方式加载</translation>
    </message>
    <message>
        <source>The next message loads it as it is chosen here.</source>
        <translation>发送下一条消息时会按这里的选择加载。</translation>
    </message>
    <message>
        <source>It can&apos;t be used. A common format is used instead.</source>
        <translation>无法使用，改用通用格式。</translation>
    </message>
    <message>
        <source>Loading the model, {percent}</source>
        <translation>正在加载模型，{percent}</translation>
    </message>
    <message>
        <source>It is not loaded.</source>
        <translation>尚未加载。</translation>
    </message>
</context>
<context>
    <name>LoadRows</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>How many tokens it can look back on.</source>
        <translation>模型能回看的词元数。</translation>
    </message>
    <message>
        <source>Context memory</source>
        <translation>上下文精度</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>显卡上的层数</translation>
    </message>
    <message>
        <source>The others run on the processor, more slowly.</source>
        <translation>其余各层在处理器上运行，速度较慢。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Fastest with one core left for everything else.</source>
        <translation>给其他程序留一个核心时最快。</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Tokens of a prompt that are read in one go.</source>
        <translation>一次读取的提示词元数。</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Guess ahead</source>
        <translation>预测后文</translation>
    </message>
    <message>
        <source>Measure…</source>
        <translation>测量…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Edit the chat template</source>
        <translation>编辑对话模板</translation>
    </message>
    <message>
        <source>Map the file</source>
        <translation>映射文件</translation>
    </message>
    <message>
        <source>Keep in memory</source>
        <translation>锁定在内存中</translation>
    </message>
    <message>
        <source>RoPE base</source>
        <translation>RoPE 基数</translation>
    </message>
    <message>
        <source>RoPE scale</source>
        <translation>RoPE 缩放</translation>
    </message>
    <message>
        <source>All automatic</source>
        <translation>全部自动</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Fewer bits take less memory, and cost some quality.</source>
        <translation>位数越少，占用内存越少，质量也略有下降。</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Tune for this computer</source>
        <translation>为这台电脑调优</translation>
    </message>
    <message>
        <source>Finds the fastest threads, batch and flash attention.</source>
        <translation>找出最快的线程数、批大小和 Flash Attention 设置。</translation>
    </message>
    <message>
        <source>Helps on GPUs, and in short conversations.</source>
        <translation>在显卡上和短对话中有帮助。</translation>
    </message>
    <message>
        <source>Guesses what comes next; the answers stay the same.</source>
        <translation>预测接下来的内容；回答不变。</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>It loads faster and shares its memory.</source>
        <translation>加载更快，并可共享内存。</translation>
    </message>
    <message>
        <source>It is never moved to the disk.</source>
        <translation>不会被换出到磁盘。</translation>
    </message>
    <message>
        <source>For longer contexts than it was trained for.</source>
        <translation>用于比训练时更长的上下文。</translation>
    </message>
    <message>
        <source>0.5 makes the context twice as long.</source>
        <translation>0.5 会使上下文加长一倍。</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>In short conversations</source>
        <translation>仅在短对话中</translation>
    </message>
    <message>
        <source>Your own text is used.</source>
        <translation>使用你自己的文本。</translation>
    </message>
    <message>
        <source>The file&apos;s own is used.</source>
        <translation>使用文件自带的模板。</translation>
    </message>
    <message>
        <source>Fewer bits need flash attention.</source>
        <translation>低位数需要 Flash Attention。</translation>
    </message>
    <message>
        <source>Automatic, {value}</source>
        <translation>自动，{value}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>The settings could not be read and were put aside as {}.</source>
        <translation>无法读取设置，原文件已另存为 {}。</translation>
    </message>
</context>
<context>
    <name>MemoryEstimate</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>What it takes is known once its file was read.</source>
        <translation>读取文件后才知道需要多少内存。</translation>
    </message>
    <message>
        <source>All layers run on the GPU.</source>
        <translation>全部层都在显卡上运行。</translation>
    </message>
    <message>
        <source>About {count} of {of} layers fit on the GPU.</source>
        <translation>{of} 层中约 {count} 层能放进显卡。</translation>
    </message>
    <message>
        <source>{count} of {of} layers run on the GPU.</source>
        <translation>{of} 层中 {count} 层在显卡上运行。</translation>
    </message>
    <message>
        <source>{count} of {of} layers run on the GPU, the others do not fit.</source>
        <translation>{of} 层中 {count} 层在显卡上运行，其余放不下。</translation>
    </message>
    <message>
        <source>It runs on the processor.</source>
        <translation>在处理器上运行。</translation>
    </message>
</context>
<context>
    <name>MessageActions</name>
    <message>
        <source>Save code</source>
        <translation>保存代码</translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>已保存为 {name}</translation>
    </message>
    <message>
        <source>Your note was deleted</source>
        <translation>你的备注已删除</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The next answer reads all of it, as far as there is room</source>
        <translation>下一个回答会在空间允许时读取全部内容</translation>
    </message>
    <message>
        <source>Message deleted</source>
        <translation>消息已删除</translation>
    </message>
    <message>
        <source>Changes discarded</source>
        <translation>已放弃更改</translation>
    </message>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Choose a model first</source>
        <translation>先选择一个模型</translation>
    </message>
</context>
<context>
    <name>MessageDetails</name>
    <message>
        <source>Details of this answer</source>
        <translation>这个回答的详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Run again exactly</source>
        <translation>完全重新运行</translation>
    </message>
    <message>
        <source>How this answer was made</source>
        <translation>这个回答是怎样生成的</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>生成时间</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>by a person; the figures are those of the first version</source>
        <translation>由人编辑；这些数字属于最初的版本</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Changed parameters</source>
        <translation>更改过的参数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>{count} of them reused</source>
        <translation>其中 {count} 个复用</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>首个词元</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束原因</translation>
    </message>
    <message>
        <source>The model came to its end.</source>
        <translation>模型自行结束。</translation>
    </message>
    <message>
        <source>The length limit was reached.</source>
        <translation>达到长度上限。</translation>
    </message>
    <message>
        <source>The context was full.</source>
        <translation>上下文已满。</translation>
    </message>
    <message>
        <source>You stopped it.</source>
        <translation>由你停止。</translation>
    </message>
    <message>
        <source>An error ended it.</source>
        <translation>因错误而结束。</translation>
    </message>
</context>
<context>
    <name>MessageEditor</name>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>The message before stays as another version.</source>
        <translation>原来的消息会保留为另一个版本。</translation>
    </message>
    <message>
        <source>The answer before stays as another version.</source>
        <translation>原来的回答会保留为另一个版本。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>MessageItem</name>
    <message>
        <source>Let the model read it again</source>
        <translation>让模型重新读取</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Earlier version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Later version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>MessageMenu</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Branch into a new conversation</source>
        <translation>从这里另开新对话</translation>
    </message>
    <message>
        <source>Keep in the window</source>
        <translation>保留在窗口中</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>There is no text yet</source>
        <translation>还没有文本</translation>
    </message>
    <message>
        <source>Copy as plain text</source>
        <translation>复制为纯文本</translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation>停止朗读</translation>
    </message>
    <message>
        <source>Read aloud</source>
        <translation>朗读</translation>
    </message>
    <message>
        <source>There is nothing to continue</source>
        <translation>没有可以继续的内容</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>This answer is still being written</source>
        <translation>这个回答还在生成</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>备注…</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>详情…</translation>
    </message>
    <message>
        <source>Run again exactly</source>
        <translation>完全重新运行</translation>
    </message>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Choose a model first</source>
        <translation>先选择一个模型</translation>
    </message>
    <message>
        <source>It is not known how this answer was made</source>
        <translation>不知道这个回答是怎样生成的</translation>
    </message>
    <message>
        <source>It was made by {model}: choose that model first</source>
        <translation>它由 {model} 生成：请先选择该模型</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
</context>
<context>
    <name>ModelChip</name>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Starter</source>
        <translation>入门</translation>
    </message>
    <message>
        <source>There is no model on this computer. Choose one to begin.</source>
        <translation>这台电脑上没有模型。先选择一个。</translation>
    </message>
    <message>
        <source>{model} is ready.</source>
        <translation>{model} 已就绪。</translation>
    </message>
    <message>
        <source>{model} is being loaded, {percent}.</source>
        <translation>正在加载 {model}，{percent}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be used.</source>
        <translation>{model} 无法使用。</translation>
    </message>
    <message>
        <source>{model} is loaded when the next message is sent.</source>
        <translation>发送下一条消息时加载 {model}。</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>Add model from file</source>
        <translation>从文件添加模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>ModelFacts</name>
    <message>
        <source>Details of this model</source>
        <translation>这个模型的详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Model page</source>
        <translation>模型页面</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ModelPicker</name>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>There is no model on this computer yet.</source>
        <translation>这台电脑上还没有模型。</translation>
    </message>
    <message>
        <source>Get more models…</source>
        <translation>获取更多模型…</translation>
    </message>
    <message>
        <source>Add model from file…</source>
        <translation>从文件添加模型…</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>How it is loaded…</source>
        <translation>加载方式…</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>取消加载</translation>
    </message>
</context>
<context>
    <name>ModelView</name>
    <message>
        <source>Model card</source>
        <translation>模型说明</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No file that can be used here</source>
        <translation>没有可用的文件</translation>
    </message>
    <message>
        <source>This repository has no complete GGUF model. Look for another one.</source>
        <translation>这个仓库没有完整的 GGUF 模型。请换一个。</translation>
    </message>
    <message>
        <source>Its files may be damaged</source>
        <translation>它的文件可能已损坏</translation>
    </message>
    <message>
        <source>This is only its beginning. All of it is on the model&apos;s page.</source>
        <translation>这只是开头部分。全文在模型的网页上。</translation>
    </message>
    <message>
        <source>The beginning of a file can&apos;t be read, so only its size is judged.</source>
        <translation>无法读取文件的开头，因此只按大小判断。</translation>
    </message>
    <message>
        <source>Nothing could be found out about this model</source>
        <translation>未能获得这个模型的信息</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>It can be read once the terms are accepted.</source>
        <translation>接受条款后才能阅读。</translation>
    </message>
    <message>
        <source>Its maker has written nothing about it.</source>
        <translation>发布者没有写说明。</translation>
    </message>
</context>
<context>
    <name>ModelsFoldersPage</name>
    <message>
        <source>Models and folders</source>
        <translation>模型与文件夹</translation>
    </message>
    <message>
        <source>New conversations</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Move…</source>
        <translation>移动…</translation>
    </message>
    <message>
        <source>Models folder</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Other folders</source>
        <translation>其他文件夹</translation>
    </message>
    <message>
        <source>Models there are used where they lie</source>
        <translation>其中的模型在原位置使用</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>查看模型</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>这台电脑上的模型</translation>
    </message>
    <message>
        <source>To see what they take, make them smaller or delete them</source>
        <translation>查看占用的空间，缩小或删除模型</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Of new conversations</source>
        <translation>新对话使用的模型</translation>
    </message>
    <message>
        <source>The first there is</source>
        <translation>第一个可用的</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>不再搜索</translation>
    </message>
    <message>
        <source>Leave {folder}</source>
        <translation>不再搜索 {folder}</translation>
    </message>
    <message>
        <source>Add folder</source>
        <translation>添加文件夹</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>The download can&apos;t be begun</source>
        <translation>无法开始下载</translation>
    </message>
</context>
<context>
    <name>NamePopup</name>
    <message>
        <source>Name of the preset</source>
        <translation>预设名称</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
</context>
<context>
    <name>Narration</name>
    <message>
        <source>The answer begins</source>
        <translation>回答开始</translation>
    </message>
    <message numerus="yes">
        <source>Answer finished, %Ln token(s)</source>
        <translation>
            <numerusform>回答完成，%Ln 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>Answer finished</source>
        <translation>回答完成</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>You, with {files}</source>
        <translation>你，附带 {files}</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>{speaker}: {words}</source>
        <translation>{speaker}：{words}</translation>
    </message>
    <message>
        <source>Version {version} of {count}</source>
        <translation>第 {version} 个版本，共 {count} 个</translation>
    </message>
</context>
<context>
    <name>NotesDialog</name>
    <message>
        <source>Changes</source>
        <translation>更新内容</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Nothing</name>
    <message>
        <source>No model on this computer has these words in its name.</source>
        <translation>这台电脑上没有名称包含这些词的模型。</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Safe settings: one thread, no graphics card, a short context.</source>
        <translation>安全设置：单线程，不用显卡，上下文较短。</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>选择其他模型</translation>
    </message>
    <message>
        <source>Load with safe settings</source>
        <translation>用安全设置加载</translation>
    </message>
    <message>
        <source>How it is loaded</source>
        <translation>加载方式</translation>
    </message>
    <message>
        <source>The model brings no chat template. A common format is used instead.</source>
        <translation>模型没有自带对话模板，已改用通用格式。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template can&apos;t be used. A common one is used instead.</source>
        <translation>模型的对话模板无法使用，已改用通用模板。</translation>
    </message>
    <message>
        <source>Answers may be poor</source>
        <translation>回答质量可能不佳</translation>
    </message>
</context>
<context>
    <name>Notifications</name>
    <message>
        <source>The answer is complete.</source>
        <translation>回答已完成。</translation>
    </message>
    <message>
        <source>The answer could not be completed.</source>
        <translation>回答未能完成。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>NumberField</name>
    <message>
        <source>Automatic: {value}</source>
        <translation>自动：{value}</translation>
    </message>
</context>
<context>
    <name>NumberRow</name>
    <message>
        <source>{name}: back to automatic</source>
        <translation>{name}：恢复自动</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic, {value}</source>
        <translation>自动，{value}</translation>
    </message>
    <message>
        <source>Auto {value}</source>
        <translation>自动 {value}</translation>
    </message>
</context>
<context>
    <name>OfferFacts</name>
    <message>
        <source>Open on Hugging Face</source>
        <translation>在 Hugging Face 上打开</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Measured here</source>
        <translation>本机实测</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文长度</translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>Can do</source>
        <translation>能力</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新时间</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载次数</translation>
    </message>
    <message>
        <source>{count} last month</source>
        <translation>上月 {count} 次</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Made from</source>
        <translation>源自</translation>
    </message>
    <message>
        <source>{write}, reads {read}/s</source>
        <translation>{write}，读取 {read}/秒</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>{measured}, estimated {estimated}</source>
        <translation>{measured}，估计 {estimated}</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>sha256, {time}</source>
        <translation>sha256，{time}</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
    <message>
        <source>{ability} (not yet usable here)</source>
        <translation>{ability}（此处尚不可用）</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>OutlineModel</name>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>{who}, version {version} of {versions}: {text}</source>
        <translation>{who}，第 {version} 个版本，共 {versions} 个：{text}</translation>
    </message>
    <message>
        <source>{who}: {text}</source>
        <translation>{who}：{text}</translation>
    </message>
    <message>
        <source>{text} (not shown)</source>
        <translation>{text}（未显示）</translation>
    </message>
</context>
<context>
    <name>OverflowRow</name>
    <message>
        <source>When the context is full</source>
        <translation>上下文已满时</translation>
    </message>
    <message>
        <source>Messages that are kept never leave it.</source>
        <translation>标记为保留的消息始终在上下文中。</translation>
    </message>
    <message>
        <source>Kept messages: {count}. They never leave it.</source>
        <translation>保留的消息：{count} 条，始终在上下文中。</translation>
    </message>
</context>
<context>
    <name>PageFrame</name>
    <message>
        <source>Reset page</source>
        <translation>重置此页</translation>
    </message>
    <message>
        <source>Undo reset</source>
        <translation>撤销重置</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>执行</translation>
    </message>
</context>
<context>
    <name>Palettes</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Answer with this model</source>
        <translation>用这个模型回答</translation>
    </message>
</context>
<context>
    <name>ParameterForm</name>
    <message>
        <source>Creativity</source>
        <translation>创意</translation>
    </message>
    <message>
        <source>Precise</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>Inventive</source>
        <translation>新颖</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Short</source>
        <translation>短</translation>
    </message>
    <message>
        <source>Long</source>
        <translation>长</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
</context>
<context>
    <name>ParametersPanel</name>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>{name}: back to the assistant&apos;s</source>
        <translation>{name}：恢复助手的设置</translation>
    </message>
    <message>
        <source>The model is told nothing.</source>
        <translation>不告诉模型任何内容。</translation>
    </message>
    <message>
        <source>What the model is told before the conversation.</source>
        <translation>对话开始前告诉模型的话。</translation>
    </message>
</context>
<context>
    <name>PresetBar</name>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save as a preset</source>
        <translation>保存为预设</translation>
    </message>
    <message>
        <source>Rename or delete the preset</source>
        <translation>重命名或删除预设</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>{preset}, edited</source>
        <translation>{preset}（已修改）</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>自定义</translation>
    </message>
</context>
<context>
    <name>PrivacyPage</name>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>No connections at all, of the processes that run models neither. Links still open in your browser</source>
        <translation>不建立任何连接，运行模型的进程也不会。网页链接仍会在浏览器中打开</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接记录</translation>
    </message>
    <message>
        <source>What you write</source>
        <translation>你写的内容</translation>
    </message>
    <message>
        <source>Show storage</source>
        <translation>查看存储</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Stay on this computer. Nothing is sent anywhere, crash reports neither</source>
        <translation>只保存在这台电脑上。不会发送任何内容，崩溃报告也不会</translation>
    </message>
    <message>
        <source>The log could not be deleted: {reason}</source>
        <translation>无法删除记录：{reason}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln connection(s) since start.</source>
        <translation>
            <numerusform>启动以来联网 %Ln 次。</numerusform>
        </translation>
    </message>
    <message>
        <source>No connections since start.</source>
        <translation>启动以来没有联网。</translation>
    </message>
    <message>
        <source>Host, time and reason of each are kept on this computer for {days} days.</source>
        <translation>每次联网的主机、时间和原因在这台电脑上保留 {days} 天。</translation>
    </message>
    <message>
        <source>Nothing in the last {days} days.</source>
        <translation>最近 {days} 天没有联网。</translation>
    </message>
    <message>
        <source>{reason}, through the proxy {host}</source>
        <translation>{reason}，经由代理 {host}</translation>
    </message>
</context>
<context>
    <name>PromptEditor</name>
    <message>
        <source>Asked for when it is inserted: {names}</source>
        <translation>插入时会询问：{names}</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between names</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>It is inserted as it is.</source>
        <translation>按原样插入。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>To insert it, type / and the beginning of its name.</source>
        <translation>输入 / 和名称的开头即可插入。</translation>
    </message>
    <message>
        <source>text</source>
        <comment>the name of a variable</comment>
        <translation>文字</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>{example} is a place that is filled in each time.</source>
        <translation>{example} 是每次要填写的地方。</translation>
    </message>
</context>
<context>
    <name>PromptForm</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Insert</source>
        <translation>插入</translation>
    </message>
</context>
<context>
    <name>PromptInput</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>QuantizeDialog</name>
    <message>
        <source>Make {model} smaller</source>
        <translation>缩小 {model}</translation>
    </message>
    <message>
        <source>It takes less memory and answers faster, and loses some quality. The original stays; the result is tried and compared with it before it is kept.</source>
        <translation>占用更少内存，回答更快，质量略有下降。原文件会保留；结果经过试用并与原模型比较后才会保存。</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Now: {facts}</source>
        <translation>现在：{facts}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Make smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>It is as small as it can be made here.</source>
        <translation>已经无法再缩小。</translation>
    </message>
    <message>
        <source>This model can&apos;t be made smaller</source>
        <translation>这个模型无法缩小</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>This model was made smaller before</source>
        <translation>这个模型之前缩小过</translation>
    </message>
    <message>
        <source>Made from the original, the same type would be better.</source>
        <translation>同样的类型，从原始模型制作效果更好。</translation>
    </message>
    <message>
        <source>Make smaller anyway</source>
        <translation>仍然缩小</translation>
    </message>
</context>
<context>
    <name>QuantizePanel</name>
    <message numerus="yes">
        <source>%Ln more wait(s)</source>
        <translation>
            <numerusform>还有 %Ln 项等待</numerusform>
        </translation>
    </message>
    <message>
        <source>{model} {type}: comparing it with the original</source>
        <translation>{model} {type}：正在与原模型比较</translation>
    </message>
    <message>
        <source>{model} {type}: reading the original</source>
        <translation>{model} {type}：正在读取原模型</translation>
    </message>
    <message>
        <source>Making {model} {type}, {share}</source>
        <translation>正在制作 {model} {type}，{share}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>{model} was not made smaller</source>
        <translation>{model} 未能缩小</translation>
    </message>
    <message>
        <source>{model} {type} often chooses other words than the original</source>
        <translation>{model} {type} 的用词常与原模型不同</translation>
    </message>
    <message>
        <source>At {agreed} of {compared} places they are the same. A larger type keeps more.</source>
        <translation>{compared} 处中有 {agreed} 处相同。较大的类型保留得更多。</translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Messages that wait</source>
        <translation>等待发送的消息</translation>
    </message>
    <message>
        <source>Then: {text}</source>
        <translation>然后：{text}</translation>
    </message>
    <message>
        <source>Not sent yet: {text}</source>
        <translation>尚未发送：{text}</translation>
    </message>
    <message>
        <source>Next: {text}</source>
        <translation>接下来：{text}</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>立即发送</translation>
    </message>
</context>
<context>
    <name>QuickAsk</name>
    <message>
        <source>Quick ask</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Ask something</source>
        <translation>问点什么</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Open in Chatapp</source>
        <translation>在 Chatapp 中打开</translation>
    </message>
    <message>
        <source>Waiting for the model</source>
        <translation>正在等待模型</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
</context>
<context>
    <name>QuitDialog</name>
    <message>
        <source>Quit Chatapp?</source>
        <translation>退出 Chatapp？</translation>
    </message>
    <message>
        <source>An answer is still being written. Quit and keep what there is?</source>
        <translation>还有回答正在生成。要保留现有内容并退出吗？</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>RatingPopup</name>
    <message>
        <source>What do you think of this answer?</source>
        <translation>你觉得这个回答怎么样？</translation>
    </message>
    <message>
        <source>What was good?</source>
        <translation>好在哪里？</translation>
    </message>
    <message>
        <source>What was wrong?</source>
        <translation>哪里不对？</translation>
    </message>
    <message>
        <source>A better answer</source>
        <translation>更好的回答</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>It stays on this computer.</source>
        <translation>内容只保存在这台电脑上。</translation>
    </message>
</context>
<context>
    <name>ReasoningLayout</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>Thought for {seconds} s</source>
        <translation>思考了 {seconds} 秒</translation>
    </message>
</context>
<context>
    <name>SamplerOrder</name>
    <message>
        <source>{step}: earlier</source>
        <translation>{step}：提前</translation>
    </message>
    <message>
        <source>{step}: later</source>
        <translation>{step}：推后</translation>
    </message>
</context>
<context>
    <name>SearchBar</name>
    <message>
        <source>Search Hugging Face, or paste a link or org/repo:QUANT</source>
        <translation>搜索 Hugging Face，或粘贴链接或 org/repo:QUANT</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Most downloads</source>
        <translation>下载最多</translation>
    </message>
    <message>
        <source>Trending</source>
        <translation>近期热门</translation>
    </message>
    <message>
        <source>Most likes</source>
        <translation>点赞最多</translation>
    </message>
    <message>
        <source>Recently updated</source>
        <translation>最近更新</translation>
    </message>
    <message>
        <source>Sorting</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
</context>
<context>
    <name>SearchPalette</name>
    <message>
        <source>Search conversations</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>Latest</source>
        <translation>最近的对话</translation>
    </message>
</context>
<context>
    <name>SelectionBar</name>
    <message>
        <source>Move to folder</source>
        <translation>移到文件夹</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Take out of the archive</source>
        <translation>移出归档</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
    <message>
        <source>Select nothing</source>
        <translation>取消选择</translation>
    </message>
    <message>
        <source>{count} selected</source>
        <translation>已选 {count} 个</translation>
    </message>
</context>
<context>
    <name>SendButton</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Write a message first</source>
        <translation>先写一条消息</translation>
    </message>
</context>
<context>
    <name>SettingsPages</name>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Models and folders</source>
        <translation>模型与文件夹</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Generation</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Hub and network</source>
        <translation>Hub 与网络</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
</context>
<context>
    <name>SettingsWindow</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Export settings</source>
        <translation>导出设置</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>当前页</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Writing and reading</source>
        <translation>书写与阅读</translation>
    </message>
    <message>
        <source>Change keys…</source>
        <translation>更改快捷键…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ShownConversation</name>
    <message>
        <source>{title} (copy)</source>
        <translation>{title}（副本）</translation>
    </message>
    <message>
        <source>This conversation was moved to the Trash elsewhere.</source>
        <translation>这个对话已在别处移到废纸篓。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln answer(s) interrupted when Chatapp ended</source>
        <translation>
            <numerusform>Chatapp 退出时有 %Ln 个回答被中断</numerusform>
        </translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>废纸篓</translation>
    </message>
    <message>
        <source>The archive is empty.</source>
        <translation>归档是空的。</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Back to the conversations</source>
        <translation>返回对话列表</translation>
    </message>
    <message>
        <source>Deleted for good after 30 days.</source>
        <translation>30 天后永久删除。</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>The Trash is empty.</source>
        <translation>废纸篓是空的。</translation>
    </message>
    <message>
        <source>No conversations yet. Write a message to start one.</source>
        <translation>还没有对话。发一条消息就开始了。</translation>
    </message>
</context>
<context>
    <name>SidebarFoot</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>SliderRow</name>
    <message>
        <source>{name}: back to automatic</source>
        <translation>{name}：恢复自动</translation>
    </message>
</context>
<context>
    <name>SplitRow</name>
    <message>
        <source>Share of {device}</source>
        <translation>{device} 的份额</translation>
    </message>
    <message>
        <source>Percent of the layers on GPUs that lie there.</source>
        <translation>显卡上的层中位于此设备的百分比。</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Connections are turned off</source>
        <translation>连接已关闭</translation>
    </message>
    <message>
        <source>Last request: {host}, {reason}</source>
        <translation>上次请求：{host}，{reason}</translation>
    </message>
    <message>
        <source>No connections since start</source>
        <translation>启动以来没有联网</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>First token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>Context {used} of {total}</source>
        <translation>上下文 {used} / {total}</translation>
    </message>
    <message>
        <source>Memory {size}</source>
        <translation>内存 {size}</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Waiting for another answer</source>
        <translation>正在等待另一个回答</translation>
    </message>
    <message>
        <source>Loading the model, {percent}</source>
        <translation>正在加载模型，{percent}</translation>
    </message>
    <message>
        <source>Reading the prompt, {percent}</source>
        <translation>正在读取提示，{percent}</translation>
    </message>
    <message>
        <source>Summarising the oldest messages, {percent}</source>
        <translation>正在概括最早的消息，{percent}</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>{count} reused</source>
        <translation>复用 {count} 个</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Storage</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>Empty Trash…</source>
        <translation>清空废纸篓…</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>With their attachments, and what lies in the Trash</source>
        <translation>包括附件和废纸篓里的内容</translation>
    </message>
    <message>
        <source>What models have read</source>
        <translation>模型读过的内容</translation>
    </message>
    <message>
        <source>Lets long conversations go on at once; without it they are read again</source>
        <translation>让长对话立即继续；清除后要重新读取</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>查看模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>In the models folder</source>
        <translation>在模型文件夹中</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Made again when it is needed</source>
        <translation>需要时会重新生成</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>What happened, for finding mistakes; nothing of what you write</source>
        <translation>运行情况的记录，用于查找问题；不含你写的内容</translation>
    </message>
    <message>
        <source>Everything else</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Engines, lists, measurements, drafts</source>
        <translation>引擎、列表、测量结果、草稿</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Clear: {what}</source>
        <translation>清除：{what}</translation>
    </message>
    <message>
        <source>A part could not be deleted: {reason}</source>
        <translation>有一部分无法删除：{reason}</translation>
    </message>
    <message>
        <source>Empty the Trash?</source>
        <translation>清空废纸篓？</translation>
    </message>
    <message>
        <source>The conversations in it are lost for good. This can&apos;t be undone.</source>
        <translation>其中的对话会永久删除，无法撤销。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Empty Trash</source>
        <translation>清空废纸篓</translation>
    </message>
</context>
<context>
    <name>SummaryItem</name>
    <message>
        <source>Summary of what was said before</source>
        <translation>之前内容的摘要</translation>
    </message>
</context>
<context>
    <name>TagPopup</name>
    <message>
        <source>New tag</source>
        <translation>新标签</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
</context>
<context>
    <name>TemplateDialog</name>
    <message>
        <source>Chat template of {model}</source>
        <translation>{model} 的对话模板</translation>
    </message>
    <message>
        <source>Turns a conversation into the text that the model was trained on. A wrong one makes answers poor.</source>
        <translation>把对话转换成模型训练时所用的文本。模板不对，回答就会变差。</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>The file has none. A common format is used.</source>
        <translation>文件没有自带模板。使用通用格式。</translation>
    </message>
    <message>
        <source>Restore the file&apos;s own</source>
        <translation>恢复文件自带的模板</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>It is too long for a template.</source>
        <translation>作为模板太长了。</translation>
    </message>
    <message>
        <source>Your own text. It is used when the model is loaded the next time.</source>
        <translation>你自己的文本。下次加载模型时生效。</translation>
    </message>
    <message>
        <source>The file&apos;s own.</source>
        <translation>文件自带的模板。</translation>
    </message>
</context>
<context>
    <name>TextList</name>
    <message>
        <source>Add to {name}</source>
        <translation>添加到“{name}”</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Remove {entry}</source>
        <translation>移除 {entry}</translation>
    </message>
</context>
<context>
    <name>ThinkingChip</name>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Low effort</source>
        <translation>少思考</translation>
    </message>
    <message>
        <source>Medium effort</source>
        <translation>适中</translation>
    </message>
    <message>
        <source>High effort</source>
        <translation>多思考</translation>
    </message>
    <message>
        <source>Thinking effort</source>
        <translation>思考程度</translation>
    </message>
    <message>
        <source>As usual</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>How much the model thinks before it answers</source>
        <translation>模型回答前思考多少</translation>
    </message>
    <message>
        <source>The model thinks before it answers. Click for quick answers.</source>
        <translation>模型会先思考再回答。点击可改为直接回答。</translation>
    </message>
    <message>
        <source>The model answers at once. Click to let it think first.</source>
        <translation>模型会直接回答。点击可让它先思考。</translation>
    </message>
</context>
<context>
    <name>TokenMeter</name>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>This is more than the model can read.</source>
        <translation>这超出了模型能读取的长度。</translation>
    </message>
    <message>
        <source>The context is nearly full.</source>
        <translation>上下文快满了。</translation>
    </message>
    <message>
        <source>{used} of {total}</source>
        <translation>{used} / {total}</translation>
    </message>
    <message>
        <source>{used} of {total} tokens of the context: {before} so far and {added} of this message.</source>
        <translation>上下文 {total} 个词元中的 {used} 个：目前 {before} 个，这条消息 {added} 个。</translation>
    </message>
    <message>
        <source>{used} of {total} tokens of the context are used.</source>
        <translation>上下文 {total} 个词元已使用 {used} 个。</translation>
    </message>
</context>
<context>
    <name>ToolCallLayout</name>
    <message>
        <source>Tool call</source>
        <translation>工具调用</translation>
    </message>
    <message>
        <source>Tool call: {name}</source>
        <translation>工具调用：{name}</translation>
    </message>
    <message>
        <source>{call}, unfinished</source>
        <translation>{call}，未完成</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Assistant: {name}</source>
        <translation>助手：{name}</translation>
    </message>
    <message>
        <source>Show conversations</source>
        <translation>显示对话列表</translation>
    </message>
    <message>
        <source>Temporary</source>
        <translation>临时</translation>
    </message>
    <message>
        <source>Nothing of it is written to disk</source>
        <translation>不会写入磁盘</translation>
    </message>
    <message>
        <source>Title of this conversation</source>
        <translation>对话标题</translation>
    </message>
    <message>
        <source>Find in conversation</source>
        <translation>在对话中查找</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
</context>
<context>
    <name>TranscriptCanvas</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation>复制链接地址</translation>
    </message>
</context>
<context>
    <name>TrashRow</name>
    <message>
        <source>Trash</source>
        <translation>废纸篓</translation>
    </message>
    <message numerus="yes">
        <source>Trash, %Ln conversation(s)</source>
        <translation>
            <numerusform>废纸篓，%Ln 个对话</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TuningDialog</name>
    <message>
        <source>Tune {model} for this computer</source>
        <translation>为这台电脑调优 {model}</translation>
    </message>
    <message>
        <source>It measures which settings answer fastest here. That takes about a minute; your questions come first.</source>
        <translation>测量哪些设置在这台电脑上回答最快。大约需要一分钟；你的提问优先。</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>正在测量</translation>
    </message>
    <message>
        <source>In tokens per second.</source>
        <translation>单位：词元/秒。</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Not measured yet: all but one of the cores are used.</source>
        <translation>尚未测量：使用除一个以外的全部核心。</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Measuring, {percent}</source>
        <translation>正在测量，{percent}</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>还需约 {time}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>with flash attention</source>
        <translation>开启 Flash Attention</translation>
    </message>
    <message>
        <source>without flash attention</source>
        <translation>关闭 Flash Attention</translation>
    </message>
    <message>
        <source>with flash attention in short conversations</source>
        <translation>短对话中开启 Flash Attention</translation>
    </message>
    <message numerus="yes">
        <source>Measured {time}: %Ln thread(s), {flash}.</source>
        <translation>
            <numerusform>测量于 {time}：%Ln 个线程，{flash}。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TuningTable</name>
    <message>
        <source>What was measured</source>
        <translation>测量结果</translation>
    </message>
    <message>
        <source>Writes after {count}</source>
        <translation>{count} 个词元后生成</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Writes</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Reads</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
</context>
<context>
    <name>TypeRow</name>
    <message>
        <source>Not smaller than it is now</source>
        <translation>不会比现在更小</translation>
    </message>
</context>
<context>
    <name>UpdateNotes</name>
    <message>
        <source>Chatapp {version} is available</source>
        <translation>Chatapp {version} 已发布</translation>
    </message>
    <message>
        <source>Open the download page</source>
        <translation>打开下载页面</translation>
    </message>
    <message>
        <source>No notes for this version.</source>
        <translation>这个版本没有说明。</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>What would you like to do?</source>
        <translation>想做点什么？</translation>
    </message>
    <message>
        <source>Everything you type stays on this computer.</source>
        <translation>你输入的内容只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Temporary conversation</source>
        <translation>临时对话</translation>
    </message>
    <message>
        <source>Nothing of it is written to disk. It is gone when Chatapp ends.</source>
        <translation>内容不会写入磁盘，退出 Chatapp 后就消失。</translation>
    </message>
    <message>
        <source>Rewrite this so it is polite but firm</source>
        <translation>改写得礼貌而坚定</translation>
    </message>
    <message>
        <source>Paste a message or an e-mail</source>
        <translation>粘贴一条消息或一封邮件</translation>
    </message>
    <message>
        <source>Rewrite this message so that it is polite but firm:</source>
        <translation>把下面这条消息改写得礼貌而坚定：</translation>
    </message>
    <message>
        <source>Translate a paragraph into Chinese</source>
        <translation>把一段话翻译成英文</translation>
    </message>
    <message>
        <source>Or any other pair of languages</source>
        <translation>也可以是其他任意两种语言</translation>
    </message>
    <message>
        <source>Translate this paragraph into Chinese:</source>
        <translation>把下面这段话翻译成英文：</translation>
    </message>
    <message>
        <source>Explain compound interest to a teenager</source>
        <translation>给中学生讲讲复利</translation>
    </message>
    <message>
        <source>Short, with one example</source>
        <translation>简短，附一个例子</translation>
    </message>
    <message>
        <source>Explain compound interest to a teenager. Keep it short, one example.</source>
        <translation>给中学生讲讲什么是复利。简短一些，举一个例子。</translation>
    </message>
    <message>
        <source>Sort customer comments into topics</source>
        <translation>把客户评论按主题分类</translation>
    </message>
    <message>
        <source>Paste them, one on a line</source>
        <translation>粘贴进来，每行一条</translation>
    </message>
    <message>
        <source>Sort these customer comments into topics:</source>
        <translation>把下面的客户评论按主题分类：</translation>
    </message>
    <message>
        <source>There is no model on this computer yet. Add one below.</source>
        <translation>这台电脑上还没有模型。在下面添加一个。</translation>
    </message>
    <message>
        <source>{model} is ready: a tiny model, good for trying things out.</source>
        <translation>{model} 已就绪：模型很小，适合试用。</translation>
    </message>
    <message>
        <source>{model} is ready.</source>
        <translation>{model} 已就绪。</translation>
    </message>
    <message>
        <source>{model} is being loaded, {percent}.</source>
        <translation>正在加载 {model}，{percent}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be used.</source>
        <translation>{model} 无法使用。</translation>
    </message>
    <message>
        <source>{model} is loaded when you send a message.</source>
        <translation>发送消息时加载 {model}。</translation>
    </message>
</context>
<context>
    <name>WhatsNew</name>
    <message>
        <source>What&apos;s new in Chatapp {version}</source>
        <translation>Chatapp {version} 更新内容</translation>
    </message>
    <message>
        <source>CHANGELOG.md</source>
        <comment>the file in this language, where there is one</comment>
        <translation>CHANGELOG.zh-CN.md</translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message>
        <source>{model} is here and verified.</source>
        <translation>{model} 已下载并校验。</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>There is no code in this conversation.</source>
        <translation>这个对话里没有代码。</translation>
    </message>
</context>
<context>
    <name>WindowAssistants</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Assistants</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
</context>
<context>
    <name>WindowMarks</name>
    <message>
        <source>The model no longer reads what is above</source>
        <translation>模型不再读取以上内容</translation>
    </message>
    <message>
        <source>Kept in the window</source>
        <translation>已保留在窗口中</translation>
    </message>
    <message>
        <source>Left the window</source>
        <translation>已移出窗口</translation>
    </message>
</context>
<context>
    <name>WindowSettings</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>WindowUpdates</name>
    <message>
        <source>Chatapp {version} is available</source>
        <translation>Chatapp {version} 已发布</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
</context>
<context>
    <name>WorkStrip</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>_Button</name>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
</context>
<context>
    <name>_Columns</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Takes about</source>
        <translation>约需时间</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
</context>
<context>
    <name>_DropSign</name>
    <message>
        <source>Drop files to attach them</source>
        <translation>松开即可添加文件</translation>
    </message>
</context>
<context>
    <name>_Empty</name>
    <message>
        <source>Nothing is being downloaded</source>
        <translation>没有正在进行的下载</translation>
    </message>
    <message>
        <source>Downloads appear here. They go on while you chat, and after a restart where they stopped.</source>
        <translation>下载会显示在这里。对话时下载照常进行，重启后从中断处继续。</translation>
    </message>
    <message>
        <source>Discover models</source>
        <translation>发现模型</translation>
    </message>
</context>
<context>
    <name>_Menu</name>
    <message>
        <source>Show Chatapp</source>
        <translation>显示 Chatapp</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Quick ask</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Assistants</source>
        <translation>助手</translation>
    </message>
    <message>
        <source>Use it here</source>
        <translation>改用于此</translation>
    </message>
    <message>
        <source>Reset {action}</source>
        <translation>重置“{action}”</translation>
    </message>
    <message>
        <source>Use Ctrl, Alt or a function key.</source>
        <translation>请使用 Ctrl、Alt 或功能键。</translation>
    </message>
    <message>
        <source>{keys} means “{action}”.</source>
        <translation>{keys} 已用于“{action}”。</translation>
    </message>
    <message>
        <source>{keys} always means “{action}”.</source>
        <translation>{keys} 固定用于“{action}”。</translation>
    </message>
</context>
<context>
    <name>_RowDelegate</name>
    <message>
        <source>Starter</source>
        <translation>入门</translation>
    </message>
</context>
<context>
    <name>_Skeleton</name>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
</context>
<context>
    <name>_Totals</name>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
    </message>
    <message>
        <source>{count} of {total} running</source>
        <translation>{count} / {total} 正在进行</translation>
    </message>
    <message>
        <source>until the queue is empty</source>
        <translation>后全部完成</translation>
    </message>
    <message>
        <source>free on the models drive</source>
        <translation>模型所在磁盘的可用空间</translation>
    </message>
    <message>
        <source>Continue all</source>
        <translation>全部继续</translation>
    </message>
</context>
<context>
    <name>_Well</name>
    <message>
        <source>See models</source>
        <translation>浏览模型</translation>
    </message>
    <message>
        <source>I have models</source>
        <translation>使用已有模型</translation>
    </message>
    <message>
        <source>For better answers, get a larger model</source>
        <translation>换用更大的模型，回答会更好</translation>
    </message>
    <message>
        <source>The catalogue says which ones fit this computer.</source>
        <translation>模型目录会注明哪些适合这台电脑。</translation>
    </message>
</context>
<context>
    <name>app</name>
    <message>
        <source>Keep the file and start afresh</source>
        <translation>保留文件并重新开始</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>downloads</name>
    <message>
        <source>{type} + vision, {files}</source>
        <translation>{type} + 视觉，{files}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Reconnecting</source>
        <translation>正在重新连接</translation>
    </message>
    <message>
        <source>Reconnecting in {time}</source>
        <translation>{time} 后重新连接</translation>
    </message>
    <message>
        <source>Nothing is lost.</source>
        <translation>已下载的部分不会丢失。</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在检查</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Continues where it stopped, also after a restart.</source>
        <translation>从停下的地方继续，重启后也一样。</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
    <message>
        <source>sha256 matches the original</source>
        <translation>sha256 与原件一致</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Starts when another one is done.</source>
        <translation>另一项完成后开始。</translation>
    </message>
    <message>
        <source>Comparing with the original, {percent}</source>
        <translation>正在与原件比对，{percent}</translation>
    </message>
    <message>
        <source>Reading what is here already, {percent}</source>
        <translation>正在读取已下载的部分，{percent}</translation>
    </message>
    <message>
        <source>{host} did not answer.</source>
        <translation>{host} 没有响应。</translation>
    </message>
    <message>
        <source>{host} can&apos;t be reached.</source>
        <translation>无法连接 {host}。</translation>
    </message>
    <message>
        <source>{host} answered with error {status}.</source>
        <translation>{host} 返回错误 {status}。</translation>
    </message>
    <message>
        <source>What arrived was damaged.</source>
        <translation>收到的数据已损坏。</translation>
    </message>
    <message>
        <source>{host} wants a pause between requests.</source>
        <translation>{host} 要求稍后再请求。</translation>
    </message>
    <message>
        <source>The connection was lost.</source>
        <translation>连接已中断。</translation>
    </message>
    <message>
        <source>Disk full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Needs {size} more on the drive with your models.</source>
        <translation>模型所在的磁盘还需要 {size}。</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>The file differs from the original. Download it again.</source>
        <translation>文件与原件不一致。请重新下载。</translation>
    </message>
    <message>
        <source>Not allowed yet</source>
        <translation>尚未获得许可</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>engines</name>
    <message>
        <source>processor only</source>
        <translation>仅处理器</translation>
    </message>
</context>
<context>
    <name>entry_files</name>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Exported files (*.json)</source>
        <translation>导出的文件 (*.json)</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>The folder {path} can&apos;t be written. Change its permissions or choose another folder with --data-dir.</source>
        <translation>无法写入文件夹 {path}。请更改其权限，或用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>The disk is full. Free some space where {path} lies and try again.</source>
        <translation>磁盘已满。请在 {path} 所在的磁盘上腾出空间，然后重试。</translation>
    </message>
    <message>
        <source>There is no display to open a window on. Use “chatapp chat” for a conversation in the terminal.</source>
        <translation>没有可以打开窗口的显示器。可以用“chatapp chat”在终端里对话。</translation>
    </message>
    <message>
        <source>The window can&apos;t open because a system library is missing ({detail}). Run “chatapp doctor” for the exact fix, or use “chatapp chat” in the terminal.</source>
        <translation>缺少系统库（{detail}），无法打开窗口。运行“chatapp doctor”查看具体的解决方法，或在终端里使用“chatapp chat”。</translation>
    </message>
    <message>
        <source>There is no model on this computer. Add a GGUF file to the models folder.</source>
        <translation>这台电脑上没有模型。请在模型文件夹中放入一个 GGUF 文件。</translation>
    </message>
    <message>
        <source>No model is called “{name}”. “chatapp models list” shows what is there.</source>
        <translation>没有名为“{name}”的模型。用“chatapp models list”查看现有的模型。</translation>
    </message>
    <message>
        <source>The model file {path} is not there. Choose another model.</source>
        <translation>模型文件 {path} 不存在。请选择其他模型。</translation>
    </message>
    <message>
        <source>{path} is a folder. Choose the model file in it, which ends in .gguf.</source>
        <translation>{path} 是文件夹。请选择其中以 .gguf 结尾的模型文件。</translation>
    </message>
    <message>
        <source>The model file {path} can&apos;t be read. Change its permissions.</source>
        <translation>无法读取模型文件 {path}。请更改其权限。</translation>
    </message>
    <message>
        <source>The model file {path} is empty. Download it again.</source>
        <translation>模型文件 {path} 是空的。请重新下载。</translation>
    </message>
    <message>
        <source>This file is not a GGUF model: {path}. Choose another file.</source>
        <translation>这不是 GGUF 模型文件：{path}。请选择其他文件。</translation>
    </message>
    <message>
        <source>The model stopped unexpectedly. Try again.</source>
        <translation>模型意外停止。请重试。</translation>
    </message>
    <message>
        <source>There is nothing to send. Write a message.</source>
        <translation>没有可发送的内容。先写一条消息。</translation>
    </message>
    <message>
        <source>The disk can&apos;t keep a file as large as {path}. Choose a models folder on another disk in the settings.</source>
        <translation>磁盘无法保存 {path} 这么大的文件。请在设置中选择其他磁盘上的模型文件夹。</translation>
    </message>
    <message>
        <source>The copy {path} is not like the original, which was kept. Check the disk and try again.</source>
        <translation>副本 {path} 与原件不同，原件已保留。请检查磁盘后重试。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be moved to the trash ({detail}). Delete it for good, or in its folder.</source>
        <translation>无法将 {path} 移到废纸篓（{detail}）。请永久删除，或在其文件夹中删除。</translation>
    </message>
    <message>
        <source>Chatapp can&apos;t see its own processes because /proc is missing. Mount it and start again.</source>
        <translation>缺少 /proc，Chatapp 看不到自己的进程。请挂载 /proc，然后重新启动。</translation>
    </message>
    <message>
        <source>The engine llama.cpp can&apos;t be loaded ({detail}). Install Chatapp again, or from its sources run “python3 packaging/bootstrap.py setup”.</source>
        <translation>无法加载引擎 llama.cpp（{detail}）。请重新安装 Chatapp；如果用的是源代码，请运行“python3 packaging/bootstrap.py setup”。</translation>
    </message>
    <message>
        <source>The engine {name} can&apos;t be used ({detail}). Choose another one or remove it.</source>
        <translation>引擎 {name} 无法使用（{detail}）。请选择其他引擎，或移除它。</translation>
    </message>
    <message>
        <source>The engine {name} is at work. Choose another one, then remove it.</source>
        <translation>引擎 {name} 正在使用。请先选择其他引擎，再移除它。</translation>
    </message>
    <message>
        <source>{count} models are called {name}. Name one by its path or with its quantisation.</source>
        <translation>有 {count} 个模型名为 {name}。请用路径或加上量化类型来指定。</translation>
    </message>
    <message>
        <source>The adapter {path} is not there or can&apos;t be read. Choose another file.</source>
        <translation>适配器 {path} 不存在或无法读取。请选择其他文件。</translation>
    </message>
    <message>
        <source>This file is not a LoRA adapter: {path}. Choose a GGUF file that is one.</source>
        <translation>这个文件不是 LoRA 适配器：{path}。请选择 GGUF 格式的适配器。</translation>
    </message>
    <message>
        <source>The adapter {path} does not fit this model ({detail}). Choose one that was made for it.</source>
        <translation>适配器 {path} 与这个模型不匹配（{detail}）。请选择为它制作的适配器。</translation>
    </message>
    <message>
        <source>The grammar or JSON Schema can&apos;t be used ({detail}). Correct it and try again.</source>
        <translation>语法或 JSON Schema 无法使用（{detail}）。请改正后重试。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read. Check its permissions or choose another file.</source>
        <translation>无法读取 {path}。请检查权限，或选择其他文件。</translation>
    </message>
    <message>
        <source>{path} is too large to be assistants or prompts. Choose a file of at most {limit} bytes.</source>
        <translation>{path} 太大，不会是助手或提示词。请选择不超过 {limit} 字节的文件。</translation>
    </message>
    <message>
        <source>No more than {limit} fit at once. Delete some, or import a smaller file.</source>
        <translation>最多只能有 {limit} 个。请删除一些，或导入较小的文件。</translation>
    </message>
    <message>
        <source>{path} is not a file of assistants or prompts that this version of Chatapp can read. Export it again and choose that file.</source>
        <translation>{path} 不是这个版本的 Chatapp 能读取的助手或提示词文件。请重新导出后再选择。</translation>
    </message>
    <message>
        <source>“{field}” can&apos;t be used as it is. Correct it and try again.</source>
        <translation>“{field}”的内容无法使用。请改正后重试。</translation>
    </message>
    <message>
        <source>A message that this needs was deleted. Bring it back, or ask again.</source>
        <translation>所需的消息已删除。请恢复它，或重新提问。</translation>
    </message>
    <message>
        <source>Only the last answer can be continued. Ask for another version instead.</source>
        <translation>只能继续最后一个回答。可以改为重新生成。</translation>
    </message>
    <message>
        <source>It is not known how this answer was made. Ask for another version instead.</source>
        <translation>不知道这个回答是怎样生成的。可以改为重新生成。</translation>
    </message>
    <message>
        <source>“{name}” can&apos;t be read. Check that the file is there and its permissions.</source>
        <translation>无法读取“{name}”。请检查文件是否存在以及它的权限。</translation>
    </message>
    <message>
        <source>“{name}” is a folder. Attach the files in it.</source>
        <translation>“{name}”是文件夹。请添加其中的文件。</translation>
    </message>
    <message>
        <source>“{name}” lies on another computer. Copy it to this one first.</source>
        <translation>“{name}”在另一台电脑上。请先复制到这台电脑。</translation>
    </message>
    <message>
        <source>“{name}” is empty. Choose another file.</source>
        <translation>“{name}”是空文件。请选择其他文件。</translation>
    </message>
    <message>
        <source>“{name}” is too large: {size} bytes, {most} at most. Attach the part that matters.</source>
        <translation>“{name}”太大：{size} 字节，最多 {most} 字节。请只添加需要的部分。</translation>
    </message>
    <message>
        <source>“{name}” is not a text file. Attach text or program code.</source>
        <translation>“{name}”不是文本文件。请添加文本或程序代码。</translation>
    </message>
    <message>
        <source>The name {name} can&apos;t be used for a file. Choose another file.</source>
        <translation>名称 {name} 不能用作文件名。请选择其他文件。</translation>
    </message>
    <message>
        <source>{address} is not an address that can be used. Correct it in the settings.</source>
        <translation>{address} 不是可用的地址。请在设置中更正。</translation>
    </message>
    <message>
        <source>There are no certificates to read in {path}. Choose another file in the settings.</source>
        <translation>{path} 中没有可读取的证书。请在设置中选择其他文件。</translation>
    </message>
    <message>
        <source>There is no engine {name}. Choose one that is on this computer, or add it.</source>
        <translation>没有引擎 {name}。请选择这台电脑上已有的引擎，或添加它。</translation>
    </message>
    <message>
        <source>{name} can&apos;t be used as an engine ({detail}). Choose a wheel of llama-cpp-python that was made for this system.</source>
        <translation>{name} 不能用作引擎（{detail}）。请选择为这个系统制作的 llama-cpp-python wheel 文件。</translation>
    </message>
    <message>
        <source>{name} has no settings of Chatapp. Choose a file that was exported from here.</source>
        <translation>{name} 中没有 Chatapp 的设置。请选择从这里导出的文件。</translation>
    </message>
    <message>
        <source>There is another file at {path}. Move it away and try again.</source>
        <translation>{path} 处已有其他文件。请移走后重试。</translation>
    </message>
    <message>
        <source>The folder {path} is the one in use, lies in it or holds it. Choose another one.</source>
        <translation>文件夹 {path} 就是当前使用的文件夹，或与它互相包含。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Moving the models to {path} was interrupted. Go on with it, or undo it, first.</source>
        <translation>将模型移动到 {path} 的操作已中断。请先继续或撤销它。</translation>
    </message>
    <message>
        <source>{path} belongs to another program and is only used here. Delete it there.</source>
        <translation>{path} 属于其他程序，在这里只是使用。请在那个程序中删除。</translation>
    </message>
    <message>
        <source>{path} is one of several files and {missing} of them are missing. Put all of them into the folder.</source>
        <translation>{path} 是多个文件之一，还缺少 {missing} 个。请将全部文件放入该文件夹。</translation>
    </message>
    <message>
        <source>Nothing in {repo} fits into this computer. Choose a smaller model; the smallest file can be had all the same as {repo}:{smallest}.</source>
        <translation>{repo} 中没有适合这台电脑的文件。请选择更小的模型；仍要下载最小的文件，可用 {repo}:{smallest}。</translation>
    </message>
    <message>
        <source>{path} was made smaller before. Choose the original, or allow to make it smaller once more, which costs quality.</source>
        <translation>{path} 之前缩小过。请选择原始模型，或允许再次缩小（质量会下降）。</translation>
    </message>
    <message>
        <source>{path} would not become smaller as {kind}. Choose a smaller type.</source>
        <translation>{path} 转为 {kind} 不会变小。请选择更小的类型。</translation>
    </message>
    <message>
        <source>The model file {path} is damaged or incomplete. Download it again.</source>
        <translation>模型文件 {path} 已损坏或不完整。请重新下载。</translation>
    </message>
    <message>
        <source>This version of the engine doesn&apos;t know the architecture “{architecture}”. Choose another model or update Chatapp.</source>
        <translation>这个版本的引擎不支持“{architecture}”架构。请选择其他模型，或更新 Chatapp。</translation>
    </message>
    <message>
        <source>The file {path} is a model that can&apos;t write text. Choose a chat model.</source>
        <translation>文件 {path} 是不能生成文本的模型。请选择对话模型。</translation>
    </message>
    <message>
        <source>The chat template that was chosen for {path} can&apos;t be used. Correct it or remove it.</source>
        <translation>为 {path} 选择的对话模板无法使用。请更正或移除它。</translation>
    </message>
    <message>
        <source>The file {path} can&apos;t draft for this model. Choose a smaller model of the same family, or none.</source>
        <translation>文件 {path} 不能用作这个模型的草稿模型。请选择同系列的更小的模型，或不使用。</translation>
    </message>
    <message>
        <source>There is not enough memory for this model. Close other programs or choose a smaller model.</source>
        <translation>内存不足，无法使用这个模型。请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>The model can&apos;t be loaded. The log has the reason; another model may work.</source>
        <translation>无法加载模型，原因见日志。可以试试其他模型。</translation>
    </message>
    <message>
        <source>The adapter {path} is damaged or incomplete ({detail}). Choose another file.</source>
        <translation>适配器 {path} 已损坏或不完整（{detail}）。请选择其他文件。</translation>
    </message>
    <message>
        <source>The file {path} is a model that gives no vectors. Choose an embedding model.</source>
        <translation>模型 {path} 不能生成向量。请选择嵌入模型。</translation>
    </message>
    <message>
        <source>The file {path} is a model that can&apos;t rank texts. Choose a reranking model.</source>
        <translation>模型 {path} 不能给文本排序。请选择重排序模型。</translation>
    </message>
    <message>
        <source>Text {number} is longer than the model can read: {needed} of {available} tokens. Shorten it.</source>
        <translation>第 {number} 段文本超出模型能读取的长度：{needed} / {available} 个词元。请缩短它。</translation>
    </message>
    <message>
        <source>This is longer than the model can read: {needed} of {available} tokens. Shorten the message or start a new conversation.</source>
        <translation>超出模型的上下文长度：需要 {needed} 个词元，上限是 {available} 个。请缩短消息，或开始新对话。</translation>
    </message>
    <message>
        <source>The model {path} is not loaded. Load it and try again.</source>
        <translation>模型 {path} 未加载。请加载后重试。</translation>
    </message>
    <message>
        <source>The model could not go on with the answer. Try again.</source>
        <translation>模型无法继续生成回答。请重试。</translation>
    </message>
    <message>
        <source>The model gave no sign of life for {seconds} s and was started again. Try again.</source>
        <translation>模型 {seconds} 秒没有响应，已重新启动。请重试。</translation>
    </message>
    <message>
        <source>The model stopped {count} times in a row and is not started again by itself. Choose a smaller model, or try again.</source>
        <translation>模型连续停止了 {count} 次，不再自动启动。请选择更小的模型，或重试。</translation>
    </message>
    <message>
        <source>{path} could not be made smaller ({detail}). Choose another type or another model.</source>
        <translation>无法缩小 {path}（{detail}）。请选择其他类型或其他模型。</translation>
    </message>
    <message>
        <source>What {path} became as {kind} can&apos;t be used ({detail}) and was deleted. Choose another type.</source>
        <translation>{path} 转为 {kind} 的结果无法使用（{detail}），已删除。请选择其他类型。</translation>
    </message>
    <message>
        <source>The conversations in {path} were written by a newer version of Chatapp. Nothing was changed; update Chatapp to open them.</source>
        <translation>{path} 中的对话是由更新版本的 Chatapp 写入的。没有改动任何内容，请更新 Chatapp 后再打开。</translation>
    </message>
    <message>
        <source>The file with the conversations is damaged: {path}. Nothing was changed. Move it away to start afresh, or put a backup in its place.</source>
        <translation>存放对话的文件已损坏：{path}。没有改动任何内容。请移走它以重新开始，或用备份替换它。</translation>
    </message>
    <message>
        <source>Another program holds the conversations in {path}. Close it and try again.</source>
        <translation>另一个程序正在使用 {path} 中的对话。请关闭那个程序，然后重试。</translation>
    </message>
    <message>
        <source>The conversations in {path} can&apos;t be read or written ({detail}). Check the disk and try again.</source>
        <translation>无法读写 {path} 中的对话（{detail}）。请检查磁盘，然后重试。</translation>
    </message>
    <message>
        <source>This conversation was deleted meanwhile. Start a new one.</source>
        <translation>这个对话已被删除。请开始新对话。</translation>
    </message>
    <message>
        <source>This folder was deleted meanwhile.</source>
        <translation>这个文件夹已被删除。</translation>
    </message>
    <message>
        <source>{host} can&apos;t be reached ({detail}). Check the connection, or choose a mirror or a proxy in the settings.</source>
        <translation>无法连接 {host}（{detail}）。请检查网络，或在设置中选择镜像或代理。</translation>
    </message>
    <message>
        <source>{host} did not answer in {seconds} seconds. Try again, or choose a mirror in the settings.</source>
        <translation>{host} 在 {seconds} 秒内没有响应。请重试，或在设置中选择镜像。</translation>
    </message>
    <message>
        <source>{host} answered with error {status} ({detail}). Try again later.</source>
        <translation>{host} 返回错误 {status}（{detail}）。请稍后重试。</translation>
    </message>
    <message>
        <source>{host} did not answer as a Hub does ({detail}). Log in to the network, or check the endpoint in the settings.</source>
        <translation>{host} 的响应不是 Hub 的格式（{detail}）。请登录网络，或检查设置中的地址。</translation>
    </message>
    <message>
        <source>The certificate of {host} is not trusted ({detail}). Choose your network&apos;s CA file in the settings.</source>
        <translation>不信任 {host} 的证书（{detail}）。请在设置中选择你所在网络的 CA 文件。</translation>
    </message>
    <message>
        <source>{host} wants no more requests for {seconds} seconds. Try again then.</source>
        <translation>{host} 在 {seconds} 秒内不接受请求。请届时重试。</translation>
    </message>
    <message>
        <source>{host} wants an access token that it knows. Enter one in the settings.</source>
        <translation>{host} 需要有效的访问令牌。请在设置中输入。</translation>
    </message>
    <message>
        <source>Connections are turned off. Turn them on in the settings.</source>
        <translation>连接已关闭。请在设置中打开。</translation>
    </message>
    <message>
        <source>{host} did not tell about new versions ({detail}). Check the connection and try again.</source>
        <translation>{host} 没有给出新版本的信息（{detail}）。请检查连接，然后重试。</translation>
    </message>
    <message>
        <source>{host} has no engine “{build}” for this computer. Choose another one, or add a file.</source>
        <translation>{host} 上没有适合这台电脑的引擎“{build}”。请选择其他引擎，或添加文件。</translation>
    </message>
    <message>
        <source>There is no repository {repo}, or it is private. Check the name, or enter an access token in the settings.</source>
        <translation>仓库 {repo} 不存在，或是私有的。请检查名称，或在设置中输入访问令牌。</translation>
    </message>
    <message>
        <source>{repo} is shared under conditions. Accept them on its page, then enter an access token in the settings.</source>
        <translation>{repo} 需要接受条件才能使用。请在其页面上接受，然后在设置中输入访问令牌。</translation>
    </message>
    <message>
        <source>{repo} has no file {file}. Choose another one.</source>
        <translation>{repo} 中没有文件 {file}。请选择其他文件。</translation>
    </message>
    <message>
        <source>{file} in {repo} was replaced since its download began. Start the download again.</source>
        <translation>{repo} 中的 {file} 在下载开始后已被替换。请重新开始下载。</translation>
    </message>
    <message>
        <source>What arrived for {path} is damaged. Start the download again.</source>
        <translation>收到的 {path} 数据已损坏。请重新开始下载。</translation>
    </message>
    <message>
        <source>{path} is being downloaded by another window. Wait until that is done.</source>
        <translation>{path} 正由另一个窗口下载。请等它完成。</translation>
    </message>
</context>
<context>
    <name>i18n</name>
    <message>
        <source>{first} {second}</source>
        <comment>two sentences</comment>
        <translation>{first}{second}</translation>
    </message>
</context>
<context>
    <name>keys</name>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>换行</translation>
    </message>
    <message>
        <source>Earlier question, in an empty field</source>
        <translation>上一个问题（输入框为空时）</translation>
    </message>
    <message>
        <source>Paste as text</source>
        <translation>粘贴为文本</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>剪切</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Previous message</source>
        <translation>上一条消息</translation>
    </message>
    <message>
        <source>Next message</source>
        <translation>下一条消息</translation>
    </message>
    <message>
        <source>Previous, next tab</source>
        <translation>上一个、下一个标签页</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
</context>
<context>
    <name>library</name>
    <message>
        <source>Verified {time}</source>
        <translation>{time} 校验</translation>
    </message>
    <message>
        <source>chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>vision (not yet usable here)</source>
        <translation>视觉（此处尚不可用）</translation>
    </message>
    <message>
        <source>embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>vision part of another model (not yet usable here)</source>
        <translation>其他模型的视觉部分（此处尚不可用）</translation>
    </message>
    <message>
        <source>not for chatting</source>
        <translation>不用于对话</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the things that a model can do</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>Added, used where it lies</source>
        <translation>已添加，在原位置使用</translation>
    </message>
    <message>
        <source>In LM Studio</source>
        <translation>在 LM Studio 中</translation>
    </message>
    <message>
        <source>In the Hugging Face cache</source>
        <translation>在 Hugging Face 缓存中</translation>
    </message>
    <message>
        <source>In Ollama</source>
        <translation>在 Ollama 中</translation>
    </message>
    <message>
        <source>In GPT4All</source>
        <translation>在 GPT4All 中</translation>
    </message>
    <message>
        <source>In Jan</source>
        <translation>在 Jan 中</translation>
    </message>
    <message>
        <source>Comes with Chatapp</source>
        <translation>Chatapp 自带</translation>
    </message>
    <message>
        <source>the Hugging Face cache</source>
        <translation>Hugging Face 缓存</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Can do</source>
        <translation>能力</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>Speed measured here</source>
        <translation>本机实测速度</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存占用</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Made from</source>
        <translation>源自</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>needs {need}, {available} free now</source>
        <translation>需要 {need}，当前空闲 {available}</translation>
    </message>
    <message>
        <source>{verdict}: {figures}</source>
        <translation>{verdict}：{figures}</translation>
    </message>
    <message>
        <source>Incomplete: {missing} of {total} files are missing</source>
        <translation>不完整：{total} 个文件中缺少 {missing} 个</translation>
    </message>
    <message>
        <source>Damaged: the file is not a complete GGUF model</source>
        <translation>已损坏：不是完整的 GGUF 模型</translation>
    </message>
    <message>
        <source>writes {write}, reads {read}</source>
        <translation>生成 {write}，读取 {read}</translation>
    </message>
    <message>
        <source>{used}, estimated {estimated}</source>
        <translation>{used}，估计 {estimated}</translation>
    </message>
    <message>
        <source>{size} in {count} files</source>
        <translation>{size}，{count} 个文件</translation>
    </message>
</context>
<context>
    <name>load_words</name>
    <message>
        <source>{count} of {of} layers on the GPU: the rest did not fit.</source>
        <translation>{of} 层中 {count} 层在显卡上：其余放不下。</translation>
    </message>
    <message>
        <source>The context is {count} tokens: {of} did not fit.</source>
        <translation>上下文为 {count} 个词元：{of} 个放不下。</translation>
    </message>
    <message>
        <source>It runs on the processor: nothing of it fits on the GPU.</source>
        <translation>在处理器上运行：显卡上一层也放不下。</translation>
    </message>
    <message>
        <source>It runs on the processor: no GPU was found.</source>
        <translation>在处理器上运行：没有找到显卡。</translation>
    </message>
    <message>
        <source>It runs on the processor: this version of Chatapp can&apos;t use the GPU.</source>
        <translation>在处理器上运行：这个版本的 Chatapp 无法使用显卡。</translation>
    </message>
    <message>
        <source>Flash attention is off: this model can&apos;t use it here.</source>
        <translation>Flash Attention 已关闭：这个模型在这里无法使用。</translation>
    </message>
    <message>
        <source>The draft model can&apos;t be loaded: answers are written without it.</source>
        <translation>无法加载草稿模型：回答时不使用它。</translation>
    </message>
    <message>
        <source>The draft model is not used: it can&apos;t help this model as it is loaded.</source>
        <translation>未使用草稿模型：按当前的加载方式，它帮不上忙。</translation>
    </message>
    <message>
        <source>On the processor only</source>
        <translation>仅在处理器上</translation>
    </message>
    <message>
        <source>On the GPU</source>
        <translation>在显卡上</translation>
    </message>
    <message>
        <source>{count} of {of} layers on the GPU</source>
        <translation>{of} 层中 {count} 层在显卡上</translation>
    </message>
    <message>
        <source>On the processor</source>
        <translation>在处理器上</translation>
    </message>
    <message>
        <source>Context {count}</source>
        <translation>上下文 {count}</translation>
    </message>
    <message>
        <source>Flash attention in short conversations</source>
        <translation>短对话中使用 Flash Attention</translation>
    </message>
</context>
<context>
    <name>network</name>
    <message>
        <source>looking for models</source>
        <translation>查找模型</translation>
    </message>
    <message>
        <source>downloading a model</source>
        <translation>下载模型</translation>
    </message>
    <message>
        <source>looking for a new version</source>
        <translation>查找新版本</translation>
    </message>
    <message>
        <source>downloading an engine</source>
        <translation>下载引擎</translation>
    </message>
</context>
<context>
    <name>offers</name>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>{speed} measured here</source>
        <translation>本机实测 {speed}</translation>
    </message>
    <message>
        <source>Accept the terms first</source>
        <translation>先接受条款</translation>
    </message>
    <message>
        <source>{parameters} parameters, {context}.</source>
        <translation>{parameters} 参数，{context}。</translation>
    </message>
    <message>
        <source>{parameters} parameters.</source>
        <translation>{parameters} 参数。</translation>
    </message>
    <message>
        <source>Multilingual</source>
        <translation>多语言</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>视觉</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>{type} + vision</source>
        <comment>files that belong together</comment>
        <translation>{type} + 视觉</translation>
    </message>
    <message>
        <source>Estimated from its size</source>
        <translation>按大小估计</translation>
    </message>
    <message>
        <source>Needs {need}, {free} are free</source>
        <translation>需要 {need}，空闲 {free}</translation>
    </message>
    <message>
        <source>Fits the GPU entirely</source>
        <translation>可全部放进显卡</translation>
    </message>
    <message>
        <source>{count} of {all} layers on the GPU</source>
        <translation>{all} 层中 {count} 层在显卡上</translation>
    </message>
    <message>
        <source>Fits with {size} to spare</source>
        <translation>合适，剩余 {size}</translation>
    </message>
    <message>
        <source>Just fits with {size} to spare</source>
        <translation>勉强，剩余 {size}</translation>
    </message>
    <message>
        <source>{size} too much</source>
        <translation>超出 {size}</translation>
    </message>
    <message>
        <source>Fully on GPU</source>
        <translation>全部在显卡上</translation>
    </message>
    <message>
        <source>{count} of {all} layers on GPU</source>
        <translation>{all} 层中 {count} 层在显卡上</translation>
    </message>
    <message>
        <source>{size} to spare</source>
        <translation>剩余 {size}</translation>
    </message>
    <message>
        <source>{type}: {better} would be better, but is too large here</source>
        <translation>{type}：{better} 更好，但对这台电脑太大</translation>
    </message>
    <message>
        <source>{type} is the only file there is</source>
        <translation>{type} 是唯一的文件</translation>
    </message>
    <message>
        <source>{type}: the best balance of quality and size</source>
        <translation>{type}：质量与大小最均衡</translation>
    </message>
    <message>
        <source>{type}: small models need more bits to keep their quality</source>
        <translation>{type}：小模型需要更高精度才能保持质量</translation>
    </message>
    <message>
        <source>{type}: larger files do not fit</source>
        <translation>{type}：更大的文件放不下</translation>
    </message>
    <message>
        <source>{type}: no better file fits more easily</source>
        <translation>{type}：没有更好且更容易放下的文件</translation>
    </message>
    <message>
        <source>{type}: more precise files do not fit</source>
        <translation>{type}：更高精度的文件放不下</translation>
    </message>
    <message>
        <source>{type}: the smallest file, and still too large</source>
        <translation>{type}：最小的文件，仍然太大</translation>
    </message>
    <message>
        <source>It needs {need}, and {free} are free.</source>
        <translation>需要 {need}，空闲 {free}。</translation>
    </message>
    <message>
        <source>All {count} layers run on the GPU.</source>
        <translation>全部 {count} 层在显卡上运行。</translation>
    </message>
    <message>
        <source>{count} of {all} layers run on the GPU, the others on the processor.</source>
        <translation>{all} 层中 {count} 层在显卡上运行，其余在处理器上。</translation>
    </message>
    <message>
        <source>With {count} context there is room.</source>
        <translation>上下文设为 {count} 就放得下。</translation>
    </message>
    <message>
        <source>With {bits} context memory there is room.</source>
        <translation>上下文精度设为 {bits} 就放得下。</translation>
    </message>
    <message>
        <source>{type} is smaller and fits.</source>
        <translation>{type} 更小，放得下。</translation>
    </message>
    <message>
        <source>Closing other programs makes room.</source>
        <translation>关闭其他程序可以腾出空间。</translation>
    </message>
    <message>
        <source>Choose a smaller model.</source>
        <translation>请选择更小的模型。</translation>
    </message>
    <message>
        <source>At {count} context {layers} layers move to main memory.</source>
        <translation>上下文为 {count} 时，{layers} 层会移到内存。</translation>
    </message>
    <message>
        <source>At {tight} context it is tight, at {large} too large.</source>
        <translation>上下文为 {tight} 时勉强，{large} 时太大。</translation>
    </message>
    <message>
        <source>At {count} context it is tight.</source>
        <translation>上下文为 {count} 时勉强。</translation>
    </message>
    <message>
        <source>At {count} context it is too large.</source>
        <translation>上下文为 {count} 时太大。</translation>
    </message>
    <message>
        <source>It fits with its full context of {count} tokens, too.</source>
        <translation>使用全部 {count} 个词元的上下文也合适。</translation>
    </message>
    <message>
        <source>This is with its full context of {count} tokens.</source>
        <translation>这是使用全部 {count} 个词元上下文的结果。</translation>
    </message>
    <message>
        <source>16-bit</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>8-bit</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>4-bit</source>
        <translation>4 位</translation>
    </message>
    <message>
        <source>Exact size and fit need a connection</source>
        <translation>连接网络后才能得知准确大小和是否合适</translation>
    </message>
    <message>
        <source>Nothing is known of it</source>
        <translation>没有它的信息</translation>
    </message>
    <message>
        <source>No file that can be used here</source>
        <translation>没有可用的文件</translation>
    </message>
</context>
<context>
    <name>parameters</name>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>Top-n-sigma</source>
        <translation>Top-n-sigma</translation>
    </message>
    <message>
        <source>XTC probability</source>
        <translation>XTC 概率</translation>
    </message>
    <message>
        <source>XTC threshold</source>
        <translation>XTC 阈值</translation>
    </message>
    <message>
        <source>Temperature range</source>
        <translation>温度浮动</translation>
    </message>
    <message>
        <source>Range exponent</source>
        <translation>浮动指数</translation>
    </message>
    <message>
        <source>Repeat penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Repeat window</source>
        <translation>惩罚窗口</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>存在惩罚</translation>
    </message>
    <message>
        <source>DRY strength</source>
        <translation>DRY 强度</translation>
    </message>
    <message>
        <source>DRY base</source>
        <translation>DRY 基数</translation>
    </message>
    <message>
        <source>DRY length</source>
        <translation>DRY 长度</translation>
    </message>
    <message>
        <source>DRY window</source>
        <translation>DRY 窗口</translation>
    </message>
    <message>
        <source>DRY breaks</source>
        <translation>DRY 分隔符</translation>
    </message>
    <message>
        <source>Mirostat</source>
        <translation>Mirostat</translation>
    </message>
    <message>
        <source>Mirostat target</source>
        <translation>Mirostat 目标</translation>
    </message>
    <message>
        <source>Mirostat rate</source>
        <translation>Mirostat 速率</translation>
    </message>
    <message>
        <source>Adaptive-p target</source>
        <translation>Adaptive-p 目标</translation>
    </message>
    <message>
        <source>Adaptive-p decay</source>
        <translation>Adaptive-p 衰减</translation>
    </message>
    <message>
        <source>Order of the steps</source>
        <translation>步骤顺序</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Keep the seed</source>
        <translation>固定种子</translation>
    </message>
    <message>
        <source>Stop at</source>
        <translation>停止序列</translation>
    </message>
    <message>
        <source>Token bias</source>
        <translation>词元偏置</translation>
    </message>
    <message>
        <source>Grammar</source>
        <translation>语法</translation>
    </message>
    <message>
        <source>JSON Schema</source>
        <translation>JSON Schema</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Thinking effort</source>
        <translation>思考程度</translation>
    </message>
    <message>
        <source>Keeps the likeliest words that add up to {percent}.</source>
        <translation>只保留概率合计达到 {percent} 的最可能的词。</translation>
    </message>
    <message>
        <source>Drops words below {percent} of the likeliest one.</source>
        <translation>去掉概率低于最可能的词 {percent} 的词。</translation>
    </message>
    <message>
        <source>Higher values choose less likely words.</source>
        <translation>值越高，越会选用不太可能的词。</translation>
    </message>
    <message>
        <source>Keeps this many of the likeliest words.</source>
        <translation>只保留这么多个最可能的词。</translation>
    </message>
    <message>
        <source>Keeps the likeliest words up to this share.</source>
        <translation>只保留概率合计在此范围内的最可能的词。</translation>
    </message>
    <message>
        <source>Drops words far below the likeliest one.</source>
        <translation>去掉概率远低于最可能的词的词。</translation>
    </message>
    <message>
        <source>Keeps words that are as surprising as usual.</source>
        <translation>只保留意外程度与平常相当的词。</translation>
    </message>
    <message>
        <source>Drops words far below the best score.</source>
        <translation>去掉得分远低于最高分的词。</translation>
    </message>
    <message>
        <source>How often the likeliest words are left out.</source>
        <translation>略去最可能的词的概率。</translation>
    </message>
    <message>
        <source>From which share words can be left out.</source>
        <translation>概率达到多少的词可以略去。</translation>
    </message>
    <message>
        <source>How far the temperature follows the model&apos;s doubt.</source>
        <translation>温度随模型的把握浮动多少。</translation>
    </message>
    <message>
        <source>How steeply it follows.</source>
        <translation>浮动的陡峭程度。</translation>
    </message>
    <message>
        <source>Above 1 makes the model avoid its own words.</source>
        <translation>大于 1 时，模型会避免重复用词。</translation>
    </message>
    <message>
        <source>How many tokens back the penalties look.</source>
        <translation>惩罚回看的词元数。</translation>
    </message>
    <message>
        <source>Grows each time a word is used.</source>
        <translation>一个词用得越多，惩罚越重。</translation>
    </message>
    <message>
        <source>The same for every word that was used.</source>
        <translation>凡是用过的词，惩罚都相同。</translation>
    </message>
    <message>
        <source>Makes repeated passages less likely.</source>
        <translation>让重复的段落不易出现。</translation>
    </message>
    <message>
        <source>How fast that grows with the passage.</source>
        <translation>段落越长，惩罚增长多快。</translation>
    </message>
    <message>
        <source>Passages of up to this many tokens may repeat.</source>
        <translation>不超过这么多词元的段落可以重复。</translation>
    </message>
    <message>
        <source>How many tokens back it looks.</source>
        <translation>回看的词元数。</translation>
    </message>
    <message>
        <source>A passage ends at these.</source>
        <translation>段落到这些文字为止。</translation>
    </message>
    <message>
        <source>Keeps the text evenly surprising, in its own way.</source>
        <translation>用自己的方法，让文字的意外程度保持均匀。</translation>
    </message>
    <message>
        <source>How surprising the text should be.</source>
        <translation>文字的意外程度。</translation>
    </message>
    <message>
        <source>How fast it corrects itself.</source>
        <translation>自我校正的快慢。</translation>
    </message>
    <message>
        <source>How likely the chosen words should be.</source>
        <translation>所选的词应有多大概率。</translation>
    </message>
    <message>
        <source>How long earlier words count for that.</source>
        <translation>之前的词影响多久。</translation>
    </message>
    <message>
        <source>From the first to the last, before the choice.</source>
        <translation>选词之前，从第一步到最后一步。</translation>
    </message>
    <message>
        <source>The same seed gives the same answer again.</source>
        <translation>种子相同，回答就相同。</translation>
    </message>
    <message>
        <source>Otherwise each answer gets another one.</source>
        <translation>关闭后每个回答都用新的种子。</translation>
    </message>
    <message>
        <source>The answer ends before any of these texts.</source>
        <translation>回答遇到其中任何一段文字就停止。</translation>
    </message>
    <message>
        <source>Makes tokens more or less likely, for example 42: -5.</source>
        <translation>让词元更容易或更不容易出现，例如 42: -5。</translation>
    </message>
    <message>
        <source>The answer follows these rules, written in GBNF.</source>
        <translation>回答遵循这些用 GBNF 写的规则。</translation>
    </message>
    <message>
        <source>The answer is JSON that fits it.</source>
        <translation>回答是符合它的 JSON。</translation>
    </message>
    <message>
        <source>Whether the model thinks before it answers.</source>
        <translation>模型回答前是否思考。</translation>
    </message>
    <message>
        <source>How much it thinks.</source>
        <translation>思考的多少。</translation>
    </message>
    <message>
        <source>It ends where the model ends it, or the context.</source>
        <translation>到模型自行结束或上下文用完为止。</translation>
    </message>
    <message>
        <source>At most {tokens} tokens, about {words} words.</source>
        <translation>最多 {tokens} 个词元，约 {words} 个英文单词。</translation>
    </message>
    <message>
        <source>Penalties</source>
        <translation>惩罚</translation>
    </message>
    <message>
        <source>DRY</source>
        <translation>DRY</translation>
    </message>
    <message>
        <source>XTC</source>
        <translation>XTC</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>language locale translation English Chinese</source>
        <translation>界面语言 切换语言 中文 汉语 英文 英语 翻译 简体</translation>
    </message>
    <message>
        <source>enter return key send newline line break</source>
        <translation>回车发送 回车换行 回车键 发送键 发送消息 换行 按键</translation>
    </message>
    <message>
        <source>scroll follow auto-scroll jump top position</source>
        <translation>自动滚动 跟随滚动 停止滚动 置顶 位置</translation>
    </message>
    <message>
        <source>paste clipboard attach attachment file long text</source>
        <translation>粘贴 剪贴板 附件 文件 长文本 长文字</translation>
    </message>
    <message>
        <source>paste clipboard attachment length limit characters</source>
        <translation>粘贴 剪贴板 附件 字数 长度 上限</translation>
    </message>
    <message>
        <source>notification desktop alert message done finished</source>
        <translation>桌面通知 消息通知 提醒 完成提示 弹窗</translation>
    </message>
    <message>
        <source>system tray icon taskbar menu bar status area</source>
        <translation>系统托盘 托盘图标 任务栏 菜单栏 状态栏 通知区域</translation>
    </message>
    <message>
        <source>close button minimise minimize background keep running quit exit tray</source>
        <translation>关闭按钮 关闭窗口 最小化到托盘 关闭到托盘 后台运行 退出</translation>
    </message>
    <message>
        <source>quick ask global shortcut hotkey small window launcher</source>
        <translation>快速提问 全局快捷键 全局热键 小窗口 悬浮窗 唤起</translation>
    </message>
    <message>
        <source>default model preferred first start</source>
        <translation>默认模型 首选模型 启动时的模型</translation>
    </message>
    <message>
        <source>models folder directory path location move disk drive GGUF</source>
        <translation>模型文件夹 模型目录 模型路径 下载目录 下载位置 存放位置 移动 磁盘 硬盘</translation>
    </message>
    <message>
        <source>other folders directory import LM Studio Ollama Jan GGUF</source>
        <translation>其他文件夹 其他目录 导入模型 扫描目录</translation>
    </message>
    <message>
        <source>models library delete remove size space quantize</source>
        <translation>模型库 删除模型 移除模型 模型大小 占用空间 量化</translation>
    </message>
    <message>
        <source>unload idle keep alive timeout free memory RAM VRAM eject</source>
        <translation>自动卸载 卸载模型 空闲 超时 释放内存 释放显存 内存 显存</translation>
    </message>
    <message>
        <source>tune benchmark measure speed performance threads GPU layers</source>
        <translation>自动调优 性能测试 基准测试 测速 速度 性能 线程数 显卡 层数</translation>
    </message>
    <message>
        <source>context length window size tokens n_ctx</source>
        <translation>上下文长度 上下文窗口 上下文大小 词元数</translation>
    </message>
    <message>
        <source>engine llama.cpp backend runtime GPU CUDA Vulkan Metal ROCm built-in version</source>
        <translation>引擎 llama.cpp 后端 运行时 显卡 GPU CUDA Vulkan Metal ROCm 自带 版本</translation>
    </message>
    <message>
        <source>engine add install wheel whl file backend</source>
        <translation>引擎 添加 安装 文件 wheel whl 后端</translation>
    </message>
    <message>
        <source>engine download install GPU CUDA Vulkan Metal ROCm backend runtime</source>
        <translation>引擎 下载 安装 显卡 GPU CUDA Vulkan Metal ROCm 后端 运行时</translation>
    </message>
    <message>
        <source>KV cache prompt cache keys values disk space limit</source>
        <translation>KV 缓存 提示缓存 缓存大小 缓存上限 磁盘占用</translation>
    </message>
    <message>
        <source>temperature creativity randomness sampling precise</source>
        <translation>温度 创意 创造力 随机性 采样 精确</translation>
    </message>
    <message>
        <source>max tokens maximum length limit answer response num_predict</source>
        <translation>最大长度 最大词元数 回答长度 回复长度 长度限制 字数 上限</translation>
    </message>
    <message>
        <source>context full overflow limit summarise summarize truncate oldest messages</source>
        <translation>上下文已满 超出上下文 溢出 概括 总结 截断 旧消息</translation>
    </message>
    <message>
        <source>Hugging Face huggingface mirror endpoint HF_ENDPOINT server URL</source>
        <translation>镜像站 镜像源 国内镜像 下载源 服务器地址 网址</translation>
    </message>
    <message>
        <source>endpoint server URL mirror custom</source>
        <translation>自定义地址 服务器地址 网址 镜像站 镜像源</translation>
    </message>
    <message>
        <source>access token API key HF_TOKEN login account gated password keyring</source>
        <translation>访问令牌 密钥 登录 账号 账户 许可 密码 密钥环</translation>
    </message>
    <message>
        <source>proxy HTTP HTTPS SOCKS firewall company VPN</source>
        <translation>网络代理 代理服务器 防火墙 公司网络</translation>
    </message>
    <message>
        <source>certificate CA TLS SSL PEM company network trust</source>
        <translation>证书 根证书 信任 加密 公司网络</translation>
    </message>
    <message>
        <source>offline airplane mode internet network connections block forbid privacy</source>
        <translation>离线模式 断网 禁止联网 联网 网络连接 隐私</translation>
    </message>
    <message>
        <source>test connection check ping reach</source>
        <translation>测试连接 检查网络 连通</translation>
    </message>
    <message>
        <source>sleep standby suspend awake download power</source>
        <translation>防止睡眠 睡眠 休眠 待机 唤醒 下载 电源</translation>
    </message>
    <message>
        <source>parallel connections download speed faster threads</source>
        <translation>多线程下载 并行下载 下载速度 下载加速 连接数</translation>
    </message>
    <message>
        <source>theme dark mode night light colour color high contrast look</source>
        <translation>主题颜色 深色模式 暗色模式 暗黑模式 夜间模式 浅色模式 亮色 护眼 皮肤 高对比度 界面外观</translation>
    </message>
    <message>
        <source>accent colour color highlight tint blue</source>
        <translation>强调色 主题色 高亮颜色 蓝色</translation>
    </message>
    <message>
        <source>font typeface family letters</source>
        <translation>界面字体 字形 更换字体</translation>
    </message>
    <message>
        <source>code font monospace fixed width</source>
        <translation>代码字体 等宽字体 编程字体</translation>
    </message>
    <message>
        <source>text size font size zoom scale larger smaller bigger magnify</source>
        <translation>字号 字体大小 文字缩放 界面缩放 缩放 放大 缩小 大字</translation>
    </message>
    <message>
        <source>column width wide narrow full line length chat layout</source>
        <translation>对话宽度 聊天宽度 页面宽度 栏宽 行长 窄 宽 布局</translation>
    </message>
    <message>
        <source>details statistics speed tokens per second model name seed</source>
        <translation>回答详情 统计信息 生成速度 词元数 每秒 模型名称 种子</translation>
    </message>
    <message>
        <source>wrap code word wrap long lines scroll sideways</source>
        <translation>自动换行 代码换行 折行 长行</translation>
    </message>
    <message>
        <source>motion animation accessibility movement spinner</source>
        <translation>关闭动画 减弱动画 动态效果 动效 特效 无障碍</translation>
    </message>
    <message>
        <source>shortcuts hotkeys key bindings keyboard rebind</source>
        <translation>快捷键 热键 按键绑定 键位 自定义快捷键 键盘</translation>
    </message>
    <message>
        <source>connections log history network traffic host telemetry tracking</source>
        <translation>连接日志 网络日志 联网记录 历史 流量 主机 遥测 跟踪</translation>
    </message>
    <message>
        <source>privacy data telemetry tracking analytics cloud upload local</source>
        <translation>隐私 数据收集 遥测 跟踪 统计 云端 上传 本地</translation>
    </message>
    <message>
        <source>conversations chats database size trash delete empty</source>
        <translation>聊天记录 对话记录 数据库 占用空间 废纸篓 回收站 删除 清空</translation>
    </message>
    <message>
        <source>KV cache prompt cache clear delete disk space</source>
        <translation>KV 缓存 提示缓存 清除缓存 清理缓存 删除 磁盘空间</translation>
    </message>
    <message>
        <source>models size disk space GGUF</source>
        <translation>模型大小 占用空间 磁盘空间</translation>
    </message>
    <message>
        <source>cache temporary files clear delete disk space</source>
        <translation>清除缓存 清理缓存 临时文件 删除 磁盘空间</translation>
    </message>
    <message>
        <source>logs diagnostics crash report clear delete</source>
        <translation>清除日志 清理日志 诊断 崩溃报告 删除</translation>
    </message>
    <message>
        <source>drafts lists measurements size disk space</source>
        <translation>草稿 列表 测量结果 占用空间</translation>
    </message>
    <message>
        <source>total size disk space usage</source>
        <translation>总共 合计 占用空间 磁盘空间</translation>
    </message>
    <message>
        <source>export save backup settings file JSON transfer</source>
        <translation>导出设置 导出配置 备份设置 保存 迁移</translation>
    </message>
    <message>
        <source>import load restore settings file JSON transfer</source>
        <translation>导入设置 导入配置 恢复设置 还原 加载 迁移</translation>
    </message>
    <message>
        <source>reset restore defaults factory everything</source>
        <translation>恢复默认设置 恢复默认 恢复初始设置 重置设置 还原</translation>
    </message>
    <message>
        <source>version about build release update changelog news</source>
        <translation>版本号 当前版本 关于 更新日志 升级 新功能 检查更新</translation>
    </message>
    <message>
        <source>update upgrade new version check automatically release</source>
        <translation>检查更新 自动更新 升级 新版本</translation>
    </message>
    <message>
        <source>update upgrade new version download release</source>
        <translation>检查更新 升级 最新版本 下载</translation>
    </message>
    <message>
        <source>data folder directory path location backup</source>
        <translation>数据文件夹 数据目录 存储位置 路径 备份</translation>
    </message>
    <message>
        <source>settings folder directory path config</source>
        <translation>设置文件夹 配置文件 配置目录 路径</translation>
    </message>
    <message>
        <source>cache folder directory path</source>
        <translation>缓存文件夹 缓存目录 路径</translation>
    </message>
    <message>
        <source>logs folder directory path diagnostics crash</source>
        <translation>日志文件夹 日志目录 路径 诊断 崩溃</translation>
    </message>
    <message>
        <source>licence license open source third-party copyright credits</source>
        <translation>开源许可 开源协议 第三方软件 版权 致谢 授权</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>{done} of {size}</source>
        <comment>2.16 of 5.03 GB</comment>
        <translation>{done} / {size}</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} 分钟</translation>
    </message>
    <message>
        <source>{count} h</source>
        <translation>{count} 小时</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>今天 {time}</translation>
    </message>
    <message>
        <source>yesterday {time}</source>
        <translation>昨天 {time}</translation>
    </message>
    <message>
        <source>1-bit, last resort</source>
        <translation>1 位，不得已才用</translation>
    </message>
    <message>
        <source>2-bit, last resort</source>
        <translation>2 位，不得已才用</translation>
    </message>
    <message>
        <source>3-bit, noticeably weaker</source>
        <translation>3 位，明显变差</translation>
    </message>
    <message>
        <source>4-bit, good quality</source>
        <translation>4 位，质量好</translation>
    </message>
    <message>
        <source>5-bit, very good quality</source>
        <translation>5 位，质量很好</translation>
    </message>
    <message>
        <source>6-bit, excellent quality</source>
        <translation>6 位，质量极好</translation>
    </message>
    <message>
        <source>8-bit, practically lossless</source>
        <translation>8 位，几乎无损</translation>
    </message>
    <message>
        <source>16-bit, original</source>
        <translation>16 位，原始精度</translation>
    </message>
    <message>
        <source>32-bit, original</source>
        <translation>32 位，原始精度</translation>
    </message>
    <message>
        <source>{count} context</source>
        <comment>a model&apos;s, in tokens</comment>
        <translation>{count} 上下文</translation>
    </message>
    <message>
        <source>{count} billion</source>
        <translation>{count}B</translation>
    </message>
    <message>
        <source>{count} million</source>
        <translation>{count}M</translation>
    </message>
    <message>
        <source>Gemma terms</source>
        <translation>Gemma 条款</translation>
    </message>
    <message>
        <source>Llama {version} licence</source>
        <translation>Llama {version} 许可证</translation>
    </message>
    <message>
        <source>licence of its own</source>
        <translation>自有许可证</translation>
    </message>
</context>
</TS>
